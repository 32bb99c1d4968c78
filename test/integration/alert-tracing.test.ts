// Every hop of an alert, from the event to the channels, is a subsegment of one trace.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SegmentDocument } from "@belfry/core/platform/segment-document";
import { parseTraceHeader } from "@belfry/core/platform/trace-header";
import { xrayTracer } from "@belfry/core/platform/xray-tracer";
import { assembleTraces, isConnected } from "@belfry/core/tracing/trace-graph";
import { TraceStore } from "@belfry/local/trace-store";
import { startXRayDaemon, type XRayDaemon } from "@belfry/local/xray-daemon";
import { afterEach, beforeEach, expect, it } from "vitest";
import { eventOf } from "../support/alert-events.ts";
import { LambdaWorld } from "../support/lambda-world.ts";

const ROOT = "1-5759e988-bd862e3fe1be46a994272793";
const OTHER = "1-5759e988-000000000000000000000001";
const headerOf = (root: string) => `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1`;

let folder: string;
let daemon: XRayDaemon;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "belfry-alert-traces-"));
  daemon = await startXRayDaemon({ folder: join(folder, "traces") });
});
afterEach(async () => {
  await daemon.close();
  await rm(folder, { recursive: true });
});

function alarm(name: string): object {
  const resources = [`arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${name}`];
  const detail = { alarmName: name, state: { value: "ALARM" } };
  return eventOf("aws.cloudwatch", "CloudWatch Alarm State Change", detail, {
    resources,
    time: "2026-11-22T12:00:00Z",
  });
}

async function traces() {
  await daemon.settled();
  const documents: SegmentDocument[] = [];
  for await (const day of new TraceStore(join(folder, "traces")).read()) documents.unshift(...day);
  return assembleTraces(documents);
}

it("goes on with the event's trace over all queues", async () => {
  const tracer = xrayTracer({ env: { AWS_XRAY_DAEMON_ADDRESS: daemon.address } });
  const world = new LambdaWorld({ config: {}, tracer });
  world.offer(alarm("a"), headerOf(ROOT));
  await world.pass(2);
  expect([...world.table.items.values()].filter(({ pk }) => pk === "inbox")).toHaveLength(1);
  const [trace, ...others] = await traces();
  expect(others).toEqual([]);
  expect(trace?.id).toBe(ROOT);
  expect(trace !== undefined && isConnected(trace)).toBe(true);
  // intake > timer > send, each below the one that sent its message.
  const chain: string[] = [];
  for (let nodes = trace?.roots ?? []; nodes.length > 0; nodes = nodes[0]?.children ?? [])
    chain.push(nodes[0]?.name ?? "");
  expect(chain).toEqual(["alert-intake", "alert-timer", "alert-send"]);
});

it("shows a batch of several traces in each of them, and goes on with the first", async () => {
  const tracer = xrayTracer({ env: { AWS_XRAY_DAEMON_ADDRESS: daemon.address } });
  const world = new LambdaWorld({ config: {}, tracer });
  world.offer(alarm("a"), headerOf(ROOT));
  world.offer(alarm("b"), headerOf(OTHER));
  world.offer(alarm("c"));
  await world.pass(0);
  expect(new Set((await traces()).map(({ id }) => id))).toEqual(new Set([ROOT, OTHER]));
  const sent = world.queues.timers.map(({ traceHeader }) => parseTraceHeader(traceHeader)?.root);
  expect(sent).toEqual(sent.map(() => ROOT));
});
