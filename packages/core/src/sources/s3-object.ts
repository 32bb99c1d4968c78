import { type DeliveryItem, payloadOf } from "../event/payload.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { keyOf } from "../event/record-id.ts";
import type { Stream } from "../event/stream.ts";
import { BelfryError, messageOf } from "../platform/errors.ts";
import { type DecodeConfig, decodeItems, type RawItem } from "./decode-items.ts";
import { type ObjectRef, type ObjectWork, objectWork } from "./object-event.ts";
import { readObject } from "./object-reader.ts";
import type { Source } from "./source.ts";
import { StreamTable } from "./streams.ts";
import type { FunctionPlace } from "./subscription.ts";

/** Opens an object for reading. Raises NOT_FOUND when it is not there, UNAVAILABLE for everything that may pass. */
export type GetObject = (object: ObjectRef, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;

/** What the object path needs of the world. */
export interface ObjectAccess {
  readonly getObject: GetObject;
  readonly signal: AbortSignal;
  readonly place: FunctionPlace;
}

/**
 * Objects that S3, EventBridge, SNS or SQS events name, read as streams in constant memory: plain, gzip or Zstandard; lines, NDJSON, CloudTrail
 * `Records`, or CloudWatch envelopes that Firehose wrote. The items are the SQS messages (or the one event). All objects of all records are read.
 */
export function objectSource(event: unknown, config: DecodeConfig, access: ObjectAccess): Source {
  const work = objectWork(event);
  const items = [...new Map(work.map(({ item }) => [item.id, item])).values()];
  return { items, batches: (batch) => readAll(work, config, access, batch) };
}

async function* readAll(
  work: readonly ObjectWork[],
  config: DecodeConfig,
  access: ObjectAccess,
  batch: RecordBatch,
): AsyncGenerator<RecordBatch> {
  const streams = new StreamTable(config.streams);
  for (const [i, part] of work.entries()) {
    if ("object" in part) yield* readOne(part.item, part.object, config, streams, access, batch);
    else if ("dropped" in part) {
      batch.fates.drop(
        appendText(batch, part.item, part.body, streams.forCarrier(carrierOf(access.place))),
        part.dropped,
      );
    } else {
      if (batch.count > 0) yield batch;
      batch.reset();
      yield* decodeItems([rawOf(part.item, part.body, access.place, i)], config, batch);
      batch.reset();
    }
  }
  if (batch.count > 0) yield batch;
}

async function* readOne(
  item: DeliveryItem,
  object: ObjectRef,
  config: DecodeConfig,
  streams: StreamTable,
  access: ObjectAccess,
  batch: RecordBatch,
): AsyncGenerator<RecordBatch> {
  const carrier = {
    name: object.bucket,
    region: regionOfKey(object.key) ?? object.region,
    account: accountOfKey(object.key),
  };
  const stream = streams.forObject({ bucket: object.bucket, key: object.key, version: object.version }, carrier);
  const origin = `s3://${object.bucket}/${object.key}`;
  const objectItem = { id: item.id, origin };
  try {
    const body = await access.getObject(object, access.signal);
    yield* readObject({ body, item: objectItem, stream, carrier, limits: config.limits, streams }, batch);
  } catch (error) {
    const reason =
      error instanceof BelfryError && error.code === "NOT_FOUND"
        ? `no object ${origin}`
        : `cannot read ${origin}: ${messageOf(error)}`;
    batch.fates.retry(appendText(batch, objectItem, origin, stream), reason);
  }
}

function appendText(batch: RecordBatch, item: DeliveryItem, body: string, stream: Stream): number {
  const bytes = Buffer.from(body);
  const place = {
    payload: batch.addPayload(payloadOf(bytes, item)),
    stream: batch.addStream(stream),
    start: 0,
    end: bytes.length,
  };
  const key = keyOf(item.id);
  batch.received++;
  return batch.append(place, Number.NaN, false, key, 0, key.byteLength);
}

/** One event may hold several bodies: their order makes their records' ids different. */
function rawOf(item: DeliveryItem, body: string, place: FunctionPlace, part: number): RawItem {
  return {
    item,
    data: Buffer.from(body),
    part,
    carrier: { ...carrierOf(place), name: item.origin },
    arrivalTime: place.now,
  };
}

function carrierOf(place: FunctionPlace): { name: string; region: string; account: string } {
  return { name: "", region: place.region, account: place.account };
}

// AWSLogs/[o-organization/]account/service/region/… https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
const ACCOUNT = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?(\d{12})\//;
const REGION = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?\d{12}\/[^/]+\/([a-z]{2}(?:-[a-z]+)+-\d)\//;

function accountOfKey(key: string): string {
  return ACCOUNT.exec(key)?.[1] ?? "";
}

function regionOfKey(key: string): string | undefined {
  return REGION.exec(key)?.[1];
}
