// Runs as a program of its own, as a Lambda function would: the environment says where the daemon is and what is traced. Prints what was loaded.
import { createRequire } from "node:module";
import { traceHeaderOf } from "../../packages/core/src/platform/trace-header.ts";
import { xrayTracer } from "../../packages/core/src/platform/xray-tracer.ts";

const tracer = xrayTracer();
const header = traceHeaderOf({});
const answer = await tracer.trace("ingest", header, { records: 5, cold_start: true }, async (span) => {
  const now = performance.timeOrigin + performance.now();
  span.child("decode", now - 4, now - 2.5);
  span.child("parse", now - 2.5, now);
  return span.trace("sink archive", { records: 5 }, async (sink) => {
    await sink.trace("Firehose", {}, (call) =>
      call.call({ namespace: "aws", aws: { operation: "PutRecordBatch", region: "eu-west-1" }, http: { status: 200 } }),
    );
    return "delivered";
  });
});
const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes("aws-xray-sdk-core"));
process.stdout.write(JSON.stringify({ answer, sdkModules: loaded.length }));
