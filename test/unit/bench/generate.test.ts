import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type LogsPayload, makePayload, makeWorkload } from "../../bench/generate.ts";
import { Random } from "../../bench/random.ts";
import { cardNumber } from "../../bench/shapes/fleet.ts";

describe("workloads of the benchmark", () => {
  test("are the same bytes for the same seed, and others for another", () => {
    const first = makeWorkload("small", 7);
    expect(makeWorkload("small", 7)).toEqual(first);
    expect(makeWorkload("small", 8).event).not.toEqual(first.event);
  });

  test("are Kinesis events of gzip payloads with all their log events", () => {
    const { event, events, rawBytes, records } = makeWorkload("small");
    const payloads = event.Records.map(({ kinesis }) => gunzipSync(Buffer.from(kinesis.data, "base64")));
    expect(records).toBe(9);
    expect(payloads.reduce((sum, payload) => sum + payload.length, 0)).toBe(rawBytes);
    const logEvents = payloads.flatMap((payload) => (JSON.parse(payload.toString()) as LogsPayload).logEvents);
    expect(logEvents).toHaveLength(events);
    expect(new Set(logEvents.map(({ id }) => id)).size).toBe(events);
  });

  test("have CloudWatch's ids of 56 digits, growing with time", () => {
    const { logEvents } = makePayload("plain", 3, 20_000);
    const ids = logEvents.map(({ id }) => id);
    expect(ids.every((id) => /^\d{56}$/.test(id))).toBe(true);
    expect(ids.toSorted()).toEqual(ids);
  });

  test("hold card numbers that pass the Luhn check", () => {
    const random = new Random(1);
    const numbers = random.list(50, () => cardNumber(random));
    expect(numbers.filter(luhn)).toEqual(numbers);
  });
});

function luhn(number: string): boolean {
  const digits = [...number].reverse().map(Number);
  const sum = digits.reduce(
    (total, digit, i) => total + (i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2),
    0,
  );
  return sum % 10 === 0;
}
