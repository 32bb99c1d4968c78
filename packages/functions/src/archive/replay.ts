import { type ReplayAnswer, replay } from "@belfry/core/archive/replay";
import { type ReplaySource, replayRequest } from "@belfry/core/archive/replay-request";
import { kinesisPut, type PutRecords, s3Get } from "@belfry/core/platform/clients";
import { BelfryError } from "@belfry/core/platform/errors";
import { type ListObjects, s3List } from "@belfry/core/platform/objects-client";
import { Pace } from "@belfry/core/platform/pace";
import { streamWriter } from "@belfry/core/sinks/stream-writer";
import type { GetObject } from "@belfry/core/sources/s3-object";
import type { LambdaHandler } from "../handler.ts";
import { inAwsTask, required, type TaskRuntime, taskHandler } from "../task.ts";

/** The AWS calls of a replay, by the names of bucket and stream. */
export interface ReplayCalls {
  readonly listObjects: (bucket: string) => ListObjects;
  readonly getObject: GetObject;
  readonly putRecords: (stream: string) => PutRecords;
}

interface SourcePlace {
  /** The variable that names its bucket. */
  readonly variable: string;
  /** What its keys begin with. */
  readonly prefixes: readonly string[];
}

const SOURCES: Readonly<Record<ReplaySource, SourcePlace>> = {
  quarantine: { variable: "BELFRY_QUARANTINE_BUCKET", prefixes: ["quarantine/"] },
  archive: { variable: "BELFRY_ARCHIVE_BUCKET", prefixes: ["logs/", "direct/"] },
  // https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
  "failed-batches": { variable: "BELFRY_QUARANTINE_BUCKET", prefixes: ["aws/lambda/"] },
};

/**
 * Puts quarantined or archived records, or batches that failed, into the stream again: a share each invocation, which a state machine repeats with the answer's cursor
 * and counts until it is done.
 */
export function replayHandler(runtime: TaskRuntime, calls: ReplayCalls): LambdaHandler<object, ReplayAnswer> {
  return taskHandler("archive-replay", runtime, (event, { signal, logger }) => {
    const request = replayRequest(event);
    const { variable, prefixes } = SOURCES[request.from];
    const bucket = required(runtime.env, variable, `the bucket that "${request.from}" is replayed from`);
    const put = request.dryRun ? neverPut : calls.putRecords(streamOf(runtime.env));
    const ports = {
      bucket,
      prefixes,
      list: calls.listObjects(bucket),
      open: (key: string) => calls.getObject({ bucket, key, version: "", region: "" }, signal),
      write: streamWriter(put, runtime),
      pace: new Pace(request.dryRun ? undefined : request.rate, runtime.clock, runtime.sleep),
      random: runtime.random,
      logger,
    };
    return replay(request, ports, signal);
  });
}

function streamOf({ BELFRY_STREAM: stream }: TaskRuntime["env"]): string {
  if (stream !== undefined && stream !== "") return stream;
  const text =
    "BELFRY_STREAM is not set: a replay needs the stream that the ingest function reads; set deploy.ingest.buffer to provisioned or on-demand, or replay with `belfry replay`";
  throw new BelfryError("BAD_CONFIG", text);
}

const neverPut: PutRecords = () => Promise.reject(new Error("a dry run puts nothing"));

/** What Lambda calls. @public */
export const handler = inAwsTask((runtime) =>
  replayHandler(runtime, { listObjects: s3List, getObject: s3Get, putRecords: kinesisPut }),
);
