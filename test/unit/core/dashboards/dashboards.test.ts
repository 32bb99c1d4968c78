import { dashboardBody } from "@belfry/core/dashboards/body";
import { hostsDashboard } from "@belfry/core/dashboards/hosts";
import { ownMetric, ownSearch } from "@belfry/core/dashboards/own-metrics";
import { type PipelineParts, pipelineDashboard } from "@belfry/core/dashboards/pipeline";
import { type LogSources, sourcesDashboard } from "@belfry/core/dashboards/sources";
import { textWidget } from "@belfry/core/dashboards/widgets";
import { METRICS } from "@belfry/core/platform/metrics";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dashboard, gridProblems } from "../../../support/dashboard-schema.ts";

const arns = (count: number) =>
  Array.from({ length: count }, (_, i) => `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:belfry-test-${i}`);

const parts: PipelineParts = {
  stage: "test",
  region: "eu-west-1",
  namespace: "Belfry",
  ingest: ["ingest-kinesis", "ingest-s3-object"],
  functions: ["belfry-test-ingest-kinesis", "belfry-test-ingest-s3-object"],
  sinks: ["archive", "search"],
  streams: ["belfry-test-logs"],
  deliveryStreams: ["belfry-test-archive"],
  queues: ["belfry-test-objects", "belfry-test-objects-dlq"],
  logGroups: ["/belfry/test/ingest-kinesis", "/belfry/test/ingest-s3-object"],
  alarmArns: arns(7),
};
const sources: LogSources = {
  stage: "test",
  regions: ["eu-west-1", "us-east-1"],
  crossAccount: true,
  accounts: { "111122223333": "production", "444455556666": "staging" },
  alarmArns: arns(2),
};
const hosts = {
  region: "eu-west-1",
  queries: [{ title: "Memory", query: 'SELECT MAX("mem_used_percent") FROM SCHEMA("CWAgent", InstanceId)' }],
  groups: ["web"],
  alarmArns: arns(3),
};

describe.each([
  ["pipeline", pipelineDashboard(parts)],
  [
    "pipeline of little",
    pipelineDashboard({ ...parts, streams: [], deliveryStreams: [], queues: [], logGroups: [], alarmArns: [] }),
  ],
  ["sources", sourcesDashboard(sources)],
  ["sources of one account", sourcesDashboard({ ...sources, crossAccount: false, regions: ["eu-west-1"] })],
  ["hosts", hostsDashboard(hosts)],
])("the dashboard of %s", (_name, body) => {
  it("has the documented structure", () => {
    expect(Dashboard.parse(body)).toEqual(body);
  });

  it("fits into the grid, without overlap", () => {
    expect(gridProblems(body.widgets)).toEqual([]);
  });

  it("is far from the megabyte that AWS takes", () => {
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(1_000_000 / 4);
  });

  it("shows no metric of Belfry's that is not emitted", () => {
    const lines = body.widgets.flatMap(({ properties }) => (properties.metrics ?? []) as unknown[][]);
    for (const [namespace, name, ...rest] of lines) {
      if (namespace !== "Belfry") continue;
      const dimensions = rest.filter((part, i) => i % 2 === 0 && typeof part === "string");
      expect(METRICS).toContainEqual(expect.objectContaining({ name, dimensions }));
    }
  });
});

describe("dashboards", () => {
  it("begin with the state of the alarms", () => {
    for (const body of [pipelineDashboard(parts), sourcesDashboard(sources), hostsDashboard(hosts)]) {
      expect(body.widgets[0]).toMatchObject({ type: "alarm", x: 0, y: 0, width: 24 });
    }
    const many = pipelineDashboard({ ...parts, alarmArns: arns(101) }).widgets.filter(({ type }) => type === "alarm");
    expect(many.map(({ properties }) => (properties.alarms as string[]).length)).toEqual([100, 1]);
  });

  it("show every region, and every account by its name", () => {
    const body = sourcesDashboard(sources);
    expect(new Set(body.widgets.flatMap(({ properties }) => (properties.region as string) ?? []))).toEqual(
      new Set(["eu-west-1", "us-east-1"]),
    );
    expect(JSON.stringify(body)).toContain('"accountId":"444455556666"');
    expect(JSON.stringify(sourcesDashboard({ ...sources, accounts: {} }))).toContain("GROUP BY AWS.AccountId");
    expect(JSON.stringify(sourcesDashboard({ ...sources, crossAccount: false }))).not.toContain("accountId");
  });

  it("show received, dropped, quarantined and delivered, and what is behind", () => {
    const text = JSON.stringify(pipelineDashboard(parts));
    for (const name of [
      "EventsReceived",
      "EventsDropped",
      "EventsQuarantined",
      "EventsDelivered",
      "IteratorAge",
      "Throttles",
    ]) {
      expect(text).toContain(`"${name}"`);
    }
    expect(text).toContain("DeliveryToS3.DataFreshness");
    expect(text).toContain("SOURCE '/belfry/test/ingest-kinesis'");
  });

  it("let an instance be chosen", () => {
    expect(hostsDashboard(hosts).variables).toMatchObject([{ property: "InstanceId", inputType: "select" }]);
  });

  it("refuse a row that is too wide, too many widgets, and metrics that nothing emits", () => {
    const text = textWidget({ width: 13, height: 1 }, "x");
    expect(() => dashboardBody([[text, text]])).toThrow("a row of 26 columns");
    expect(() => dashboardBody(Array.from({ length: 501 }, () => [text]))).toThrow("501 widgets");
    expect(() => ownMetric("Belfry", "EventsRecieved", { Function: "x" })).toThrow(
      "no metric EventsRecieved by Function",
    );
    expect(() => ownSearch("Belfry", "EventsDropped", ["Sink"])).toThrow("no metric EventsDropped by Sink");
  });

  it("never overlap, whatever widgets stand in the rows", () => {
    const widget = fc
      .record({ width: fc.integer({ min: 1, max: 24 }), height: fc.integer({ min: 1, max: 12 }) })
      .map((size) => textWidget(size, "x"));
    const row = fc
      .array(widget, { maxLength: 6 })
      .filter((widgets) => widgets.reduce((sum, { width }) => sum + width, 0) <= 24);
    void fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
        expect(gridProblems(dashboardBody(rows).widgets)).toEqual([]);
      }),
    );
  });
});
