import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Accounting, emptyAccounting } from "../../../../packages/core/src/event/fates.ts";
import { emfMetrics } from "../../../../packages/core/src/platform/emf.ts";
import { METRICS, ON_CALL_METRICS, recordAccounting } from "../../../../packages/core/src/platform/metrics.ts";
import { emfProblems } from "../../../support/emf.ts";

const accounting: Accounting = {
  received: 10,
  dropped: { noise: 2, health: 1 },
  quarantined: { "bad json": 1 },
  retried: { deadline: 1 },
  routed: 5,
  sinks: {
    archive: { routed: 5, delivered: 5, quarantined: {}, retried: {} },
    search: { routed: 3, delivered: 1, quarantined: { mapping: 1 }, retried: { throttled: 1 } },
  },
};

function record(of: Accounting, times: object = {}) {
  const lines: string[] = [];
  const metrics = emfMetrics({ namespace: "Belfry", maxDimensionValues: 100, write: (line) => lines.push(line) });
  recordAccounting(metrics, of, { function: "ingest", ...times });
  metrics.flush();
  expect(lines.flatMap(emfProblems)).toEqual([]);
  return lines.map((line) => JSON.parse(line));
}

it("emits the accounting as totals, by rule, by reason and by sink", () => {
  const documents = record(accounting).map(({ _aws, Function: _, ...members }) => members);
  expect(documents).toEqual([
    {
      EventsReceived: 10,
      EventsRouted: 5,
      EventsDropped: 3,
      EventsQuarantined: 1,
      EventsRetried: 1,
      IdentityBroken: 0,
    },
    { Rule: "noise", EventsDropped: 2 },
    { Rule: "health", EventsDropped: 1 },
    { Reason: "bad json", EventsQuarantined: 1 },
    { Reason: "deadline", EventsRetried: 1 },
    { Sink: "archive", EventsRouted: 5, EventsDelivered: 5, EventsQuarantined: 0, EventsRetried: 0 },
    {
      Sink: "search",
      EventsRouted: 3,
      EventsDelivered: 1,
      EventsQuarantined: 1,
      EventsRetried: 1,
      properties: { quarantined: { mapping: 1 }, retried: { throttled: 1 } },
    },
  ]);
});

it("says so when the identity is broken", () => {
  const [total] = record({ ...emptyAccounting(), received: 1 });
  expect(total).toMatchObject({
    IdentityBroken: 1,
    properties: { broken: "received 1 but dropped 0 + quarantined 0 + retried 0 + routed 0" },
  });
});

it("emits every metric that is defined, by the defined dimensions and unit, and no other", () => {
  const times = { totalMs: 30, stagesMs: { decode: 4, parse: 9 }, sinksMs: { archive: 12 } };
  const all: Accounting = { ...accounting, received: 11, dropped: { ...accounting.dropped, "own-logs": 1 } };
  const emitted = record(all, times).flatMap(({ _aws }) => {
    const { Dimensions, Metrics } = _aws.CloudWatchMetrics[0];
    return Metrics.map(
      ({ Name, Unit }: { Name: string; Unit: string }) => `${Name} ${Unit} ${Dimensions[0].join(" ")}`,
    );
  });
  const defined = METRICS.map(({ name, unit, dimensions }) => `${name} ${unit} ${dimensions.join(" ")}`);
  expect(new Set(emitted)).toEqual(new Set(defined));
  expect(new Set(defined).size).toBe(defined.length);
});

it("is described in docs/metrics.md as it is defined", () => {
  const rows = [...METRICS, ...ON_CALL_METRICS].map(
    ({ name, dimensions, unit, meaning }) => `| \`${name}\` | ${dimensions.join(", ")} | ${unit} | ${meaning} |`,
  );
  const page = readFileSync(new URL("../../../../docs/metrics.md", import.meta.url), "utf8");
  expect(page.split("\n").filter((line) => line.startsWith("| `"))).toEqual(rows);
});
