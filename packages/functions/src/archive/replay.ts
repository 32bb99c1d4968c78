import { type ReplayAnswer, replay } from "@belfry/core/archive/replay";
import { placeOf, streamOf } from "@belfry/core/archive/replay-places";
import { replayRequest } from "@belfry/core/archive/replay-request";
import { kinesisPut, type PutRecords, s3Get } from "@belfry/core/platform/clients";
import { type ListObjects, s3List } from "@belfry/core/platform/objects-client";
import { Pace } from "@belfry/core/platform/pace";
import { streamWriter } from "@belfry/core/sinks/stream-writer";
import type { GetObject } from "@belfry/core/sources/s3-object";
import type { LambdaHandler } from "../handler.ts";
import { inAwsTask, type TaskRuntime, taskHandler } from "../task.ts";

/** The AWS calls of a replay, by the names of bucket and stream. */
export interface ReplayCalls {
  readonly listObjects: (bucket: string) => ListObjects;
  readonly getObject: GetObject;
  readonly putRecords: (stream: string) => PutRecords;
}

/** Puts records of the quarantine or the archive, or batches that failed, into the stream again: a share each time, until the answer says that all is done. */
export function replayHandler(runtime: TaskRuntime, calls: ReplayCalls): LambdaHandler<object, ReplayAnswer> {
  const { env, clock, sleep, random } = runtime;
  return taskHandler("archive-replay", runtime, (event, { signal, logger }) => {
    const request = replayRequest(event);
    const { bucket, prefixes } = placeOf(request.from, env);
    const list = calls.listObjects(bucket);
    const open = (key: string) => calls.getObject({ bucket, key, version: "", region: "" }, signal);
    const write = request.dryRun ? async () => undefined : streamWriter(calls.putRecords(streamOf(env)), runtime);
    const pace = new Pace(request.dryRun ? undefined : request.rate, clock, sleep);
    return replay(request, { bucket, prefixes, list, open, write, pace, random, logger }, signal);
  });
}

/** What Lambda calls. @public */
export const handler = inAwsTask((runtime) =>
  replayHandler(runtime, { listObjects: s3List, getObject: s3Get, putRecords: kinesisPut }),
);
