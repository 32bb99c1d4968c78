import { ConfigSchema } from "@belfry/core/config/schema";
import { datasetId } from "@belfry/core/event/dataset";
import { Fate } from "@belfry/core/event/fates";
import { pathId } from "@belfry/core/event/field-path";
import type { RecordBatch } from "@belfry/core/event/record-batch";
import { createTransforms } from "@belfry/core/transforms/create-transforms";
import { createFilter } from "@belfry/core/transforms/filter";
import { createSample } from "@belfry/core/transforms/sample";
import { describe, expect, it } from "vitest";
import { batchOf } from "../../../support/batch.ts";

const LEVEL = pathId("log.level");

/** A batch with a level for each record. */
function levels(...values: string[]): RecordBatch {
  const batch = batchOf(values);
  for (const record of values.keys()) {
    batch.dataset[record] = datasetId("app.text");
    batch.addText(record, LEVEL, batch.start[record], batch.end[record]);
  }
  return batch;
}

function reasons(batch: RecordBatch): (string | undefined)[] {
  return Array.from({ length: batch.count }, (_, record) =>
    batch.fates.of(record) === Fate.dropped ? batch.fates.reasonOf(record) : undefined,
  );
}

describe("rules to drop", () => {
  it("drop what their pattern matches, under the name of the first that does", () => {
    const batch = levels("debug", "info", "trace");
    createFilter([
      { name: "noise", pattern: { log: { level: ["trace"] } } },
      { name: "verbose", pattern: { log: { level: ["debug", "trace"] } } },
    ]).apply(batch);
    expect(reasons(batch)).toEqual(["verbose", undefined, "noise"]);
  });

  it("touch only open records", () => {
    const batch = levels("debug", "debug");
    batch.fates.quarantine(0, "bad");
    createFilter([{ name: "noise", pattern: { log: { level: ["debug"] } } }]).apply(batch);
    expect(batch.fates.of(0)).toBe(Fate.quarantined);
    expect(reasons(batch)[1]).toBe("noise");
  });
});

describe("rules to sample", () => {
  const rule = (keep: number, name = "debug") => ({ name, keep, pattern: { log: { level: ["debug"] } } });

  it("keep the share that they say of what they match, and all the rest", () => {
    const batch = levels(...Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? "debug" : "info")));
    createSample([rule(0.25)]).apply(batch);
    const dropped = reasons(batch).filter((reason) => reason === "sample:debug").length;
    expect(dropped).toBeGreaterThan(1400);
    expect(dropped).toBeLessThan(1600);
    expect(reasons(batch).every((reason, i) => i % 2 === 0 || reason === undefined)).toBe(true);
  });

  it("decide the same for a record each time, and keep with a larger share what a smaller one keeps", () => {
    const kept = (keep: number): boolean[] => {
      const batch = levels(...Array.from({ length: 200 }, () => "debug"));
      createSample([rule(keep)]).apply(batch);
      return reasons(batch).map((reason) => reason === undefined);
    };
    expect(kept(0.3)).toEqual(kept(0.3));
    const half = kept(0.5);
    expect(kept(0.3).every((isKept, i) => !isKept || half[i])).toBe(true);
  });

  it("keep all with 1 and nothing with 0; the first rule that matches decides", () => {
    const batch = levels("debug", "debug", "info");
    createSample([rule(1), rule(0, "never")]).apply(batch);
    expect(reasons(batch)).toEqual([undefined, undefined, undefined]);
    createSample([rule(0), rule(1, "all")]).apply(batch);
    expect(reasons(batch)).toEqual(["sample:debug", "sample:debug", undefined]);
  });
});

describe("the transforms of a configuration", () => {
  it("come in order: rules see what was added and the text as it came", () => {
    const config = ConfigSchema.parse({
      enrich: [{ logGroup: "*", service: "shop" }],
      drop: [{ name: "jane", pattern: { service: { name: ["shop"] }, message: [{ wildcard: "*jane@example.com*" }] } }],
      sample: [{ name: "none", pattern: { event: { dataset: ["app.text"] } }, keep: 1 }],
    });
    const transforms = createTransforms(config);
    expect(transforms.map(({ name }) => name)).toEqual(["enrich", "filter", "sample", "redact"]);
    const batch = levels("from jane@example.com", "from joe@example.com");
    for (const record of [0, 1]) batch.addText(record, pathId("message"), batch.start[record], batch.end[record]);
    for (const transform of transforms) transform.apply(batch);
    expect(reasons(batch)).toEqual(["jane", undefined]);
    expect(batch.messageOf(1)).toBe("from ***************");
  });

  it("leave out rules that there are not", () => {
    expect(createTransforms(ConfigSchema.parse({})).map(({ name }) => name)).toEqual(["enrich", "redact"]);
  });
});
