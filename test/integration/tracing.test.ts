import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { BelfryError } from "../../packages/core/src/platform/errors.ts";
import {
  DATAGRAM_HEADER,
  MAX_ANNOTATIONS,
  MAX_DOCUMENT_BYTES,
  type SegmentCause,
  type SegmentDocument,
} from "../../packages/core/src/platform/segment-document.ts";
import { noSpan, type Span } from "../../packages/core/src/platform/tracer.ts";
import { openSegment, xrayTracer } from "../../packages/core/src/platform/xray-tracer.ts";
import {
  assembleTraces,
  isConnected,
  type Trace,
  type TraceNode,
} from "../../packages/core/src/tracing/trace-graph.ts";
import { TraceStore } from "../../packages/local/src/trace-store.ts";
import { startXRayDaemon, type XRayDaemon } from "../../packages/local/src/xray-daemon.ts";

const ROOT = "1-5759e988-bd862e3fe1be46a994272793";
const PARENT = "53995c3f42cd8ad8";
const HEADER = `Root=${ROOT};Parent=${PARENT};Sampled=1`;

let folder: string;
let daemon: XRayDaemon;
let refusals: string[];
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "belfry-traces-"));
  refusals = [];
  daemon = await startXRayDaemon({ folder: join(folder, "traces"), onRefused: (reasons) => refusals.push(...reasons) });
  env = { AWS_XRAY_DAEMON_ADDRESS: daemon.address };
});

afterEach(async () => {
  await daemon.close();
  await rm(folder, { recursive: true });
});

async function documents(): Promise<SegmentDocument[]> {
  await daemon.settled();
  const all: SegmentDocument[] = [];
  for await (const day of new TraceStore(join(folder, "traces")).read()) all.unshift(...day);
  return all;
}

async function traces(): Promise<Trace[]> {
  expect(refusals).toEqual([]);
  return assembleTraces(await documents());
}

function outline(nodes: readonly TraceNode[]): unknown[] {
  return nodes.map(({ name, children }) => (children.length === 0 ? name : [name, ...outline(children)]));
}

function find(trace: Trace, name: string): SegmentDocument {
  const search = (nodes: readonly TraceNode[]): TraceNode | undefined =>
    nodes.find((node) => node.name === name) ?? nodes.map(({ children }) => search(children)).find(Boolean);
  return (search(trace.roots) as TraceNode).document;
}

it("makes one connected trace of the runtime's segment, the invocation, its stages and its sink calls", async () => {
  const segment = await openSegment("belfry-ingest", undefined, env);
  await xrayTracer({ env }).trace("ingest", segment.header, { function: "kinesis", records: 3 }, async (span) => {
    const now = performance.timeOrigin + performance.now();
    span.child("decode", now, now + 2.25, { bytes: 100 });
    span.child("parse", now + 1000, now + 3000.5);
    span.metadata("items", ["a", "b"]);
    await Promise.all([
      span.trace("sink archive", { records: 2 }, () => undefined),
      span.trace("sink search", { records: 3 }, (sink) => sink.trace("bulk", {}, () => undefined)),
    ]);
  });
  await segment.close();

  const [trace, ...others] = await traces();
  expect(others).toEqual([]);
  expect(isConnected(trace)).toBe(true);
  expect(trace).toMatchObject({ nodes: 7, segments: 1, failed: false });
  const invocation = ["ingest", "decode", "sink archive", ["sink search", "bulk"], "parse"];
  expect(outline(trace.roots)).toEqual([["belfry-ingest", invocation]]);
  expect(find(trace, "ingest")).toMatchObject({
    annotations: { function: "kinesis", records: 3 },
    metadata: { belfry: { items: ["a", "b"] } },
  });
  const decode = find(trace, "decode");
  expect(((decode.end_time ?? 0) - decode.start_time) * 1000).toBeCloseTo(2.25, 1);
  expect(decode.annotations).toEqual({ bytes: 100 });
});

it("tells the time of day after the process was frozen, when the fine clock stood still", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  const thawedMs = Date.now();
  await xrayTracer({ env }).trace("ingest", HEADER, {}, (span) => {
    const start = performance.timeOrigin + performance.now();
    span.child("decode", start, start + 4);
  });
  vi.useRealTimers();
  const [trace] = await traces();
  for (const name of ["ingest", "decode"]) {
    expect(Math.abs(find(trace, name).start_time * 1000 - thawedMs)).toBeLessThan(10_000);
  }
  expect(find(trace, "decode").start_time).toBeGreaterThanOrEqual(find(trace, "ingest").start_time);
});

it("passes on results and errors, and marks what failed with its causes", async () => {
  const tracer = xrayTracer({ env });
  expect(await tracer.trace("ok", HEADER, {}, () => 42)).toBe(42);
  const error = new BelfryError("UNAVAILABLE", "no answer from https://ann:hunter2@search.example.com", {
    cause: new Error("socket closed"),
  });
  const failing = tracer.trace("ingest", HEADER, {}, (span) =>
    span.trace("sink search", {}, () => {
      throw error;
    }),
  );
  await expect(failing).rejects.toBe(error);

  const [trace] = await traces();
  expect(trace.failed).toBe(true);
  const { fault, cause } = find(trace, "sink search");
  expect(fault).toBe(true);
  expect(cause).toMatchObject({
    exceptions: [
      { type: "BelfryError UNAVAILABLE", message: "no answer from https://search.example.com" },
      { type: "Error", message: "socket closed" },
    ],
  });
  const { exceptions = [] } = cause as SegmentCause;
  expect(exceptions[0].cause).toBe(exceptions[1].id);
  expect(exceptions[0].stack?.[0].path).toMatch(/tracing\.test\.ts$/);
  expect(exceptions[0].stack?.[0].line).toBeGreaterThan(1);
  expect(find(trace, "ingest")).toMatchObject({ fault: true, cause: exceptions[0].id });
  expect(find(trace, "ok").fault).toBeUndefined();
});

it("records calls to services without their credentials and queries, and how they went", async () => {
  await xrayTracer({ env }).trace("ingest", HEADER, {}, async (span) => {
    const http = { method: "POST", url: "https://ann:hunter2@search.example.com/_bulk?token=hunter2" };
    await span.trace("a", {}, (call) => call.call({ namespace: "remote", http: { ...http, status: 429 } }));
    await span.trace("b", {}, (call) => call.call({ namespace: "remote", http: { ...http, status: 503 } }));
    await span.trace("c", {}, (call) =>
      call.call({ namespace: "aws", aws: { operation: "PutRecords", requestId: "r" } }),
    );
  });
  const [trace] = await traces();
  expect(find(trace, "a")).toMatchObject({ namespace: "remote", error: true, throttle: true });
  expect(find(trace, "a").http).toEqual({
    request: { method: "POST", url: "https://search.example.com/_bulk" },
    response: { status: 429 },
  });
  expect(find(trace, "b")).toMatchObject({ fault: true });
  expect(find(trace, "c")).toMatchObject({ namespace: "aws", aws: { operation: "PutRecords", request_id: "r" } });
});

it("does not mix invocations that overlap", async () => {
  const tracer = xrayTracer({ env });
  const invoke = async (i: number) => {
    const root = `1-5759e988-${i.toString(16).padStart(24, "0")}`;
    await tracer.trace(`invocation ${i}`, `Root=${root};Parent=${PARENT};Sampled=1`, { i }, async (span) => {
      expect(span.header).toContain(root);
      for (let step = 0; step < 3; step++) {
        await span.trace(`step ${i}`, { i }, async (child) => {
          await new Promise(setImmediate);
          expect(child.header).toContain(root);
          await child.trace(`call ${i}`, { i }, () => new Promise(setImmediate));
        });
      }
    });
    return root;
  };
  const roots = await Promise.all(Array.from({ length: 8 }, (_, i) => invoke(i)));
  const all = await traces();
  expect(all.map(({ id }) => id).sort()).toEqual(roots.sort());
  for (const trace of all) {
    const i = Number.parseInt(trace.id.slice(-4), 16);
    const step = [`step ${i}`, `call ${i}`];
    expect(outline(trace.roots)).toEqual([[`invocation ${i}`, step, step, step]]);
  }
});

it("sends nothing for what is not sampled", async () => {
  const tracer = xrayTracer({ env });
  for (const header of [
    undefined,
    "",
    `Root=${ROOT};Parent=${PARENT};Sampled=0`,
    `Root=${ROOT}`,
    `Root=${ROOT};Sampled=1`,
  ]) {
    await tracer.trace("ingest", header, {}, async (span) => {
      expect(span).toBe(noSpan);
      span.child("decode", 1, 2);
      await span.trace("sink", {}, (child) => child.annotate("a", 1));
    });
  }
  const segment = await openSegment("ingest", `Root=${ROOT};Sampled=0`, env);
  await segment.close();
  expect(segment.header).toBe(`Root=${ROOT};Sampled=0`);
  expect(await documents()).toEqual([]);
  expect(daemon).toMatchObject({ accepted: 0, refused: 0 });
});

it("keeps to X-Ray's limits whatever it is given", async () => {
  const odd = "sink <archive> \u0000 \ud83d".repeat(40);
  await xrayTracer({ env }).trace(odd, HEADER, { [odd]: odd }, async (span) => {
    span.annotate("not a number", Number.NaN);
    span.metadata("AWS.reserved", { big: 1n, long: "x".repeat(100_000) });
    span.metadata("function", () => undefined);
    span.error({ toString: null });
    span.child("backwards", 5, 1);
    const many: Promise<unknown>[] = [];
    for (let i = 0; i < 300; i++) many.push(span.trace(`call ${i}`, { records: i, why: odd }, () => undefined));
    await Promise.all(many);
    for (let i = 0; i < 60; i++) span.annotate(`late_${i}`, i);
    for (let i = 0; i < 20; i++) span.metadata(`long ${i}`, "y".repeat(8000));
  });
  const [trace] = await traces();
  const all = await documents();
  const annotations = all.flatMap((document) => Object.keys(document.annotations ?? {}));
  expect(annotations.length).toBeLessThanOrEqual(MAX_ANNOTATIONS);
  expect(all.some(({ annotations }) => annotations?.late_0 === 0)).toBe(true);
  expect(trace.nodes).toBeLessThanOrEqual(101);
  expect(isConnected(trace)).toBe(true);
});

it("says how many children it left out", async () => {
  await xrayTracer({ env }).trace("ingest", HEADER, {}, async (span) => {
    for (let i = 0; i < 130; i++) await span.trace("call", {}, (child: Span) => expect(child.header).toContain(ROOT));
  });
  const [trace] = await traces();
  expect(find(trace, "ingest").metadata).toEqual({ belfry: { children_left_out: 30 } });
});

it("works on when no daemon listens", async () => {
  const nowhere = xrayTracer({ env: { AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:9" } });
  expect(await nowhere.trace("ingest", HEADER, {}, (span) => span.trace("sink", {}, () => 7))).toBe(7);
});

it("works on without traces when the SDK cannot be loaded, and says so once", async () => {
  const failures: unknown[] = [];
  const load = () => Promise.reject(new Error("no such module"));
  const broken = xrayTracer({ env, load, onFailure: (thrown) => failures.push(thrown) });
  for (const n of [1, 2]) expect(await broken.trace("ingest", HEADER, {}, () => n)).toBe(n);
  expect(failures).toHaveLength(1);
  expect(await documents()).toEqual([]);
});

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL("../support/invoke-traced.ts", import.meta.url));

async function runInLambda(header: string | undefined): Promise<{ answer: string; sdkModules: number }> {
  const lambda = { ...process.env, ...env, LAMBDA_TASK_ROOT: "/var/task", AWS_LAMBDA_FUNCTION_NAME: "ingest" };
  const { stdout, stderr } = await run(process.execPath, [PROGRAM], { env: { ...lambda, _X_AMZN_TRACE_ID: header } });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

it("adds subsegments to the segment that Lambda makes", async () => {
  expect(await runInLambda(`${HEADER};Lineage=1:a:0`)).toEqual({ answer: "delivered", sdkModules: expect.any(Number) });
  const [trace] = await traces();
  expect(trace).toMatchObject({ id: ROOT, nodes: 5, segments: 0 });
  expect(find(trace, "ingest")).toMatchObject({
    type: "subsegment",
    parent_id: PARENT,
    annotations: { records: 5, cold_start: true },
  });
  expect(outline(trace.roots)).toEqual([["ingest", "decode", "parse", ["sink archive", "Firehose"]]]);
});

it("loads no SDK and sends nothing in Lambda when the invocation is not sampled", async () => {
  for (const header of [`Root=${ROOT};Parent=${PARENT};Sampled=0`, undefined]) {
    expect(await runInLambda(header)).toEqual({ answer: "delivered", sdkModules: 0 });
  }
  expect(await documents()).toEqual([]);
});

it("refuses what is malformed, counts it and says why", async () => {
  const valid = { id: PARENT, name: "a", trace_id: ROOT, start_time: 1_700_000_000, end_time: 1_700_000_001 };
  const bodies = [
    "not a datagram",
    `${DATAGRAM_HEADER}${JSON.stringify(valid)}`,
    `{"format":"json","version":2}\n${JSON.stringify(valid)}`,
    `${DATAGRAM_HEADER}\n{"id":`,
    `${DATAGRAM_HEADER}\n${JSON.stringify({ ...valid, id: "short" })}`,
    `${DATAGRAM_HEADER}\n${JSON.stringify(valid).padEnd(MAX_DOCUMENT_BYTES + 1)}`,
    `${DATAGRAM_HEADER}\n${JSON.stringify(valid)}`,
  ];
  const client = createSocket("udp4");
  const port = Number(daemon.address.split(":")[1]);
  for (const body of bodies) await new Promise((resolve) => client.send(body, port, "127.0.0.1", resolve));
  client.close();
  expect((await documents()).map(({ id }) => id)).toEqual([PARENT]);
  expect(daemon).toMatchObject({ accepted: 1, refused: 6 });
  expect(refusals).toHaveLength(6);
  expect(refusals[4]).toBe('id: got "short", must be 16 hexadecimal digits');
});

it("cannot listen on a port that is taken", async () => {
  const port = Number(daemon.address.split(":")[1]);
  await expect(startXRayDaemon({ folder, port })).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
