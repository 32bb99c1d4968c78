import { gunzipSync } from "node:zlib";
import { hourPartition, uniqueName } from "@belfry/core/sinks/partition";
import { s3Sink } from "@belfry/core/sinks/s3";
import { describe, expect, it } from "vitest";
import { allRecords, fatesAt, NOW_MS, routedBatch } from "../../../support/sink-batch.ts";

describe("the S3 sink", () => {
  it("writes one object into the partition of the hour of arrival, and the same one when it tries again", async () => {
    const puts: { key: string; body: Uint8Array }[] = [];
    const sink = s3Sink({
      name: "bucket",
      put: async (object) => {
        puts.push(object);
        if (puts.length === 1)
          throw Object.assign(new Error("slow down"), { name: "SlowDown", $metadata: { httpStatusCode: 503 } });
      },
      clock: { now: () => NOW_MS },
      prefix: "logs/",
      compression: "gzip",
      random: () => 0.5,
      sleep: async () => undefined,
    });
    // Events of long ago stand beside those of today: the archive goes by arrival.
    const batch = routedBatch(["bucket"], [{ text: "old", time: 0 }, "new"]);
    await sink.write(batch, allRecords(batch), { signal: new AbortController().signal });
    expect(fatesAt(batch, "bucket")).toEqual(["delivered", "delivered"]);
    expect(puts.map(({ key }) => key)).toEqual(
      Array(2).fill("logs/dt=2026-11-22/hour=03/20261122T031500000Z-80000000.ndjson.gz"),
    );
    expect(gunzipSync(puts[1].body).toString("utf8")).toBe(`${batch.documentOf(0)}\n${batch.documentOf(1)}\n`);
  });
});

describe("hourPartition", () => {
  it.each([
    [Date.UTC(2026, 0, 1), "dt=2026-01-01/hour=00/"],
    [Date.UTC(2025, 11, 31, 23, 59, 59, 999), "dt=2025-12-31/hour=23/"],
  ])("of %i is %s", (timeMs, expected) => {
    expect(hourPartition(timeMs)).toBe(expected);
  });
});

describe("uniqueName", () => {
  it("has the same length whatever the random number", () => {
    expect(uniqueName(NOW_MS, () => 0)).toBe("20261122T031500000Z-00000000");
    expect(uniqueName(NOW_MS, () => 1 - Number.EPSILON)).toBe("20261122T031500000Z-ffffffff");
  });
});
