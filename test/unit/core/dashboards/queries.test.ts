import { SAVED_QUERIES } from "@belfry/core/dashboards/queries";
import { createLogger } from "@belfry/core/platform/logger";
import { METRICS } from "@belfry/core/platform/metrics";
import { describe, expect, it } from "vitest";
import { checkInsightsQuery } from "../../../support/insights-query.ts";

/** Fields that Logs Insights has for every event. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html */
const SYSTEM = ["@timestamp", "@message", "@logStream", "@log", "@ptr", "@ingestionTime"];
/** What Lambda itself reports. https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html */
const REPORT = [
  "type",
  ...["maxMemoryUsedMB", "memorySizeMB", "durationMs", "initDurationMs"].map((name) => `record.metrics.${name}`),
];
/** What the handlers bind to each entry, and what they say with it. */
const BOUND = ["function", "requestId", "traceId", "items", "properties.broken"];

/** Paths of what the logger writes for an error. */
function entryFields(): string[] {
  const lines: string[] = [];
  const error = Object.assign(new Error("no"), { code: "BAD" });
  createLogger({ level: "info", write: (line) => lines.push(line) }).error("failed", { error });
  const entry = JSON.parse(lines[0] ?? "{}") as Record<string, Record<string, unknown>>;
  return Object.entries(entry).flatMap(([name, value]) =>
    typeof value === "object" ? Object.keys(value).map((key) => `${name}.${key}`) : [name],
  );
}

describe("saved queries", () => {
  it.each(SAVED_QUERIES.map((saved) => [saved.name, saved] as const))("%s reads what is logged", (name, { query }) => {
    const { problems, fields } = checkInsightsQuery(query);
    expect(problems).toEqual([]);
    expect(name).toMatch(/^[a-z-]+$/);
    const metrics = METRICS.flatMap((metric) => [metric.name, ...metric.dimensions]);
    const known = [...SYSTEM, ...REPORT, ...BOUND, ...entryFields(), ...metrics];
    for (const field of fields) expect(known).toContain(field);
  });

  it("have different names, and fit into the quota of a query", () => {
    expect(new Set(SAVED_QUERIES.map(({ name }) => name)).size).toBe(SAVED_QUERIES.length);
    for (const { query } of SAVED_QUERIES) expect(query.length).toBeLessThan(10_000);
  });

  it.each([
    ["grep x", "unknown command grep"],
    ["stats total(a) by b", "stats begins with an aggregate"],
    ["filter exists(a)", "unknown function exists"],
    ["limit many", "limit takes a number"],
    ["filter (a = 1", "parentheses do not match"],
    ["filter a = ;", "cannot read ;"],
  ])("are checked by a grammar that refuses %s", (query, problem) => {
    expect(checkInsightsQuery(query).problems.join()).toContain(problem);
  });
});
