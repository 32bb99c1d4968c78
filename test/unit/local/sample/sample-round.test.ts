import { gunzipSync } from "node:zlib";
import { type SampleDelivery, sampleRound } from "@belfry/local/sample/sample-round";
import { describe, expect, it } from "vitest";

const NOW_MS = Date.UTC(2026, 0, 31, 12);

const kinesisData = (round: readonly SampleDelivery[]) =>
  round.flatMap((delivery) => (delivery.road === "kinesis" ? [delivery.data] : []));

function envelopeOf(
  data: Buffer,
): { messageType: string; owner: string; subscriptionFilters: string[]; logEvents: { id: string }[] } | undefined {
  try {
    return JSON.parse(gunzipSync(data).toString());
  } catch {
    return undefined;
  }
}

describe("a round of sample traffic", () => {
  it("is the same for the same seed and time, and another for another seed", () => {
    expect(sampleRound(7, NOW_MS)).toEqual(sampleRound(7, NOW_MS));
    expect(sampleRound(8, NOW_MS)).not.toEqual(sampleRound(7, NOW_MS));
  });

  it("comes by every road", () => {
    expect(new Set(sampleRound(1, NOW_MS).map(({ road }) => road))).toEqual(
      new Set(["kinesis", "subscription", "firehose", "s3-object"]),
    );
  });

  it("holds a duplicate, a control message and a payload that is cut short", () => {
    const payloads = kinesisData(sampleRound(1, NOW_MS));
    expect(new Set(payloads.map((data) => data.toString("base64"))).size).toBe(payloads.length - 1);
    const envelopes = payloads.map(envelopeOf);
    expect(envelopes.filter((envelope) => envelope === undefined)).toHaveLength(1);
    expect(envelopes.filter((envelope) => envelope?.messageType === "CONTROL_MESSAGE")).toHaveLength(1);
  });

  it("comes from two accounts and three regions, with CloudWatch's ids, each once", () => {
    const envelopes = kinesisData(sampleRound(3, NOW_MS))
      .map(envelopeOf)
      .filter((envelope) => envelope?.messageType === "DATA_MESSAGE");
    expect(new Set(envelopes.map((envelope) => envelope?.owner)).size).toBe(2);
    expect(new Set(envelopes.flatMap((envelope) => envelope?.subscriptionFilters)).size).toBe(3);
    const ids = envelopes.slice(0, -1).flatMap((envelope) => envelope?.logEvents.map(({ id }) => id) ?? []);
    expect(ids.every((id) => /^\d{56}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("holds what has to be redacted, sooner or later", () => {
    const text = Array.from({ length: 20 }, (_, seed) =>
      kinesisData(sampleRound(seed, NOW_MS)).map((data) =>
        envelopeOf(data) === undefined ? "" : gunzipSync(data).toString(),
      ),
    ).join();
    for (const secret of ["@example.com", "4111 1111 1111 1111", "AKIAIOSFODNN7EXAMPLE", "Bearer eyJ"])
      expect(text).toContain(secret);
  });

  it("names objects by events that S3 would send, with the key encoded", () => {
    const objects = sampleRound(1, NOW_MS).flatMap((delivery) => (delivery.road === "s3-object" ? [delivery] : []));
    const named = objects.flatMap(({ event }) => event.Records.map((record) => JSON.parse(record.body).Records[0].s3));
    expect(named.map((s3) => [s3.bucket.name, decodeURIComponent(s3.object.key)])).toEqual(
      objects.flatMap((delivery) => delivery.objects.map(({ bucket, key }) => [bucket, key])),
    );
  });
});
