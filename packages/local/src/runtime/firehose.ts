import { appendFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { compress } from "@belfry/core/sinks/compression";
import { firehoseHandler } from "@belfry/functions/transform/firehose";
import type { FirehoseTransformationEvent } from "aws-lambda";
import type { LocalRuntime } from "./compose.ts";
import type { FunctionHost } from "./function-host.ts";
import { keepGivenUp } from "./given-up.ts";

/**
 * A delivery stream with Belfry's transformation: what it answers is appended to the archive, as Firehose would deliver it to S3; the records that
 * it fails are kept in the quarantine, as Firehose keeps them below its error prefix.
 */
export async function deliverByFirehose(
  event: FirehoseTransformationEvent,
  runtime: LocalRuntime,
  host: FunctionHost,
): Promise<void> {
  const answer = await host.invoke("belfry-transform-firehose", firehoseHandler(runtime), event);
  const documents = answer.records
    .filter(({ result }) => result === "Ok")
    .map(({ data }) => Buffer.from(data ?? "", "base64"));
  if (documents.length > 0) {
    const file = runtime.archiveFile("firehose", runtime.clock.now());
    await mkdir(path.dirname(file), { recursive: true });
    await appendFile(file, await compress(Buffer.concat(documents), "gzip"));
  }
  const failed = new Set(
    answer.records.filter(({ result }) => result === "ProcessingFailed").map(({ recordId }) => recordId),
  );
  const carrier = event.deliveryStreamArn;
  const left = event.records.filter(({ recordId }) => failed.has(recordId));
  await keepGivenUp(
    runtime.quarantine,
    left.map(({ recordId, data }) => ({
      id: recordId,
      origin: `firehose:${carrier.slice(carrier.lastIndexOf("/") + 1)}:${recordId}`,
      carrier,
      account: carrier.split(":")[4] ?? "",
      region: event.region,
      bytes: Buffer.from(data, "base64"),
    })),
  );
}
