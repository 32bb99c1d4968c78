import { payloadOf } from "@belfry/core/event/payload";
import { RecordBatch } from "@belfry/core/event/record-batch";
import { keyOf } from "@belfry/core/event/record-id";
import type { Resource } from "@belfry/core/event/resource";
import { Stream } from "@belfry/core/event/stream";

/** Where the messages of a test batch come from; what is not given is a log group without a telling name. */
export interface Origin {
  readonly resource?: Partial<Resource>;
  /** Epoch milliseconds that the envelope gives; NaN when it gives none. */
  readonly time?: number;
}

/** A batch of one record per message, as a source would decode them: unescaped, end to end in one payload. */
export function batchOf(
  messages: readonly (string | Buffer)[],
  { resource, time = Number.NaN }: Origin = {},
): RecordBatch {
  const batch = new RecordBatch();
  const buffers = messages.map((message) => Buffer.from(message as string));
  // A quote between messages is the worst neighbour that a scanner can run into.
  const payload = payloadOf(Buffer.concat(buffers.flatMap((buffer) => [buffer, Buffer.from('"')])), {
    id: "item-1",
    origin: "test",
  });
  const at = { payload: batch.addPayload(payload), stream: batch.addStream(streamOf(resource)), start: 0, end: 0 };
  for (const [i, buffer] of buffers.entries()) {
    at.end = at.start + buffer.length;
    const key = keyOf(String(i));
    batch.append(at, time, isClean(buffer), key, 0, key.byteLength);
    batch.received++;
    at.start = at.end + 1;
  }
  return batch;
}

/** A stream with an account and a region, and what else is given. */
export function streamOf(resource: Partial<Resource> = {}): Stream {
  return new Stream({
    account: "123456789012",
    region: "eu-central-1",
    regionAssumed: false,
    logGroup: "group",
    ...resource,
  });
}

function isClean(bytes: Buffer): boolean {
  return bytes.every((byte) => byte >= 32 && byte !== 34 && byte !== 92);
}
