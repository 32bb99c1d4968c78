import fc from "fast-check";
import { expect, it } from "vitest";
import { type EmfOptions, emfMetrics } from "../../../../packages/core/src/platform/emf.ts";
import { emfProblems } from "../../../support/emf.ts";

const clock = { now: () => 1_767_323_045_678.5 };

function capture(options: Partial<EmfOptions> = {}) {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const metrics = emfMetrics({ namespace: "Belfry", maxDimensionValues: 100, clock, write, ...options });
  return { metrics, lines, documents: () => lines.map((line) => JSON.parse(line)) };
}

it("sums a count and keeps each duration, one line for each set of dimensions", () => {
  const { metrics, documents } = capture();
  metrics.count("EventsReceived", 3, { Function: "ingest" });
  metrics.count("EventsReceived", 4, { Function: "ingest" }, { requestId: "r-1" });
  metrics.duration("SinkDuration", 12.5, { Function: "ingest" });
  metrics.duration("SinkDuration", 7, { Function: "ingest" });
  metrics.count("EventsReceived", 1);
  metrics.flush();
  expect(documents()).toEqual([
    {
      _aws: {
        Timestamp: 1_767_323_045_678,
        CloudWatchMetrics: [
          {
            Namespace: "Belfry",
            Dimensions: [["Function"]],
            Metrics: [
              { Name: "EventsReceived", Unit: "Count" },
              { Name: "SinkDuration", Unit: "Milliseconds" },
            ],
          },
        ],
      },
      Function: "ingest",
      EventsReceived: 7,
      SinkDuration: [12.5, 7],
      properties: { requestId: "r-1" },
    },
    expect.objectContaining({ EventsReceived: 1 }),
  ]);
});

it("writes nothing before the flush, and nothing twice", () => {
  const { metrics, lines } = capture();
  metrics.count("A", 1);
  expect(lines).toEqual([]);
  metrics.flush();
  metrics.flush();
  expect(lines).toHaveLength(1);
});

it("stores at one second when asked to", () => {
  const { metrics, documents } = capture({ highResolution: true });
  metrics.count("A", 1);
  metrics.flush();
  expect(documents()[0]._aws.CloudWatchMetrics[0].Metrics).toEqual([
    { Name: "A", Unit: "Count", StorageResolution: 1 },
  ]);
});

it("bounds the values of a dimension: one too many becomes a property", () => {
  const { metrics, documents } = capture({ maxDimensionValues: 2 });
  for (const account of ["1", "2", "3", "4", "3", "1"]) metrics.count("Events", 1, { Account: account });
  metrics.flush();
  expect(documents().map(({ Account, Events, properties }) => ({ Account, Events, properties }))).toEqual([
    { Account: "1", Events: 2, properties: undefined },
    { Account: "2", Events: 1, properties: undefined },
    { Account: "other", Events: 3, properties: { Account: ["3", "4"] } },
  ]);
});

it("remembers the values of a dimension over flushes", () => {
  const { metrics, documents } = capture({ maxDimensionValues: 50 });
  for (let i = 0; i < 10_000; i++) {
    metrics.count("Events", 1, { Account: String(i) });
    if (i % 100 === 0) metrics.flush();
  }
  metrics.flush();
  expect(new Set(documents().map((document) => document.Account)).size).toBe(51);
  expect(documents().reduce((sum, document) => sum + document.Events, 0)).toBe(10_000);
});

it("splits what is too much for one line, and loses no value", () => {
  const { metrics, lines, documents } = capture();
  for (let i = 0; i < 250; i++) metrics.count(`Metric${i}`, i);
  for (let i = 0; i < 1001; i++) metrics.duration("Took", i);
  metrics.flush();
  expect(lines.flatMap(emfProblems)).toEqual([]);
  const took = documents().flatMap((document) => document.Took ?? []);
  expect(took.sort((a, b) => a - b)).toEqual(Array.from({ length: 1001 }, (_, i) => i));
});

it("keeps the metrics when a property is too long or not JSON", () => {
  const { metrics, lines, documents } = capture();
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  metrics.count("A", 1, { Function: "a" }, { long: "x".repeat(2_000_000) });
  metrics.count("A", 2, { Function: "b" }, { cycle });
  metrics.flush();
  expect(lines.flatMap(emfProblems)).toEqual([]);
  expect(documents().map(({ A, properties }) => [A, Object.keys(properties)])).toEqual([
    [1, ["leftOut"]],
    [2, ["leftOut"]],
  ]);
});

it("leaves out a value that CloudWatch does not take", () => {
  const { metrics, lines } = capture();
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 361]) metrics.count("A", value);
  metrics.flush();
  expect(lines).toEqual([]);
});

it("writes valid lines only, whatever it is given", () => {
  const name = fc.oneof(
    fc.constantFrom(
      "_aws",
      "properties",
      "__proto__",
      "",
      " ",
      ":a",
      "Function",
      "Sink",
      "\u0000",
      "é",
      "_".repeat(300),
    ),
    fc.string({ unit: "binary", maxLength: 300 }),
  );
  const call = fc.record({
    kind: fc.constantFrom("count" as const, "duration" as const),
    name,
    value: fc.oneof(fc.double(), fc.integer(), fc.constantFrom(2 ** 360, -(2 ** 360))),
    dimensions: fc.dictionary(name, fc.oneof(name, fc.string({ maxLength: 1200 })), { maxKeys: 40 }),
    properties: fc.dictionary(name, fc.jsonValue(), { maxKeys: 5 }),
    repeat: fc.oneof(
      { weight: 9, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.integer({ min: 90, max: 250 }) },
    ),
  });
  const options = fc.record({ highResolution: fc.boolean(), maxDimensionValues: fc.integer({ min: 1, max: 5 }) });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 12 }), options, (calls, chosen) => {
      const { metrics, lines } = capture(chosen);
      for (const { kind, name, value, dimensions, properties, repeat } of calls) {
        for (let i = 0; i < repeat; i++) metrics[kind](name, value, dimensions, properties);
      }
      metrics.flush();
      expect(lines.flatMap(emfProblems)).toEqual([]);
    }),
    { numRuns: 1500 },
  );
}, 60_000);

it("finds what the specification forbids", () => {
  const valid = {
    _aws: {
      Timestamp: 1,
      CloudWatchMetrics: [{ Namespace: "N", Dimensions: [["D"]], Metrics: [{ Name: "M", Unit: "Count" }] }],
    },
    D: "d",
    M: 1,
  };
  const changed = (change: (document: typeof valid & Record<string, unknown>) => void) => {
    const document = structuredClone(valid);
    change(document);
    return emfProblems(JSON.stringify(document));
  };
  const directive = (document: typeof valid) => document._aws.CloudWatchMetrics[0];
  expect(emfProblems(JSON.stringify(valid))).toEqual([]);
  const faults: ((document: typeof valid & Record<string, unknown>) => void)[] = [
    (document) => Object.assign(document._aws, { Timestamp: 1.5 }),
    (document) => Object.assign(document._aws, { Extra: 1 }),
    (document) => Object.assign(directive(document), { Namespace: "AWS/Lambda" }),
    (document) => Object.assign(directive(document), { Namespace: "" }),
    (document) => Object.assign(directive(document), { Dimensions: [] }),
    (document) => Object.assign(directive(document), { Dimensions: [["absent"]] }),
    (document) => Object.assign(directive(document), { Dimensions: [Array.from({ length: 31 }, () => "D")] }),
    (document) => Object.assign(directive(document), { Metrics: [{ Name: "M", Unit: "Furlongs" }] }),
    (document) => Object.assign(directive(document), { Metrics: [{ Name: "M", StorageResolution: 10 }] }),
    (document) => Object.assign(directive(document), { Metrics: Array.from({ length: 101 }, () => ({ Name: "M" })) }),
    (document) => Object.assign(document, { D: 1 }),
    (document) => Object.assign(document, { D: "é" }),
    (document) => Object.assign(document, { M: "1" }),
    (document) => Object.assign(document, { M: Array.from({ length: 101 }, () => 1) }),
    (document) => Object.assign(document, { M: [] }),
    (document) => Object.assign(document, { padding: "x".repeat(1_100_000) }),
  ];
  for (const fault of faults) expect(changed(fault), String(fault)).not.toEqual([]);
});

it("keeps values of any unit, each by itself, and leaves out those that CloudWatch would refuse", () => {
  const { metrics, documents } = capture();
  metrics.measure("SuccessPercent", "Percent", 100, { CanaryName: "shop" });
  metrics.measure("SuccessPercent", "Percent", 0, { CanaryName: "shop" });
  metrics.measure("SuccessPercent", "Percent", Number.NaN, { CanaryName: "shop" });
  metrics.flush();
  const [{ _aws, SuccessPercent }] = documents();
  expect(SuccessPercent).toEqual([100, 0]);
  expect(_aws.CloudWatchMetrics[0].Metrics).toEqual([{ Name: "SuccessPercent", Unit: "Percent" }]);
});
