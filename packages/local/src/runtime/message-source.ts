import { payloadOf } from "@belfry/core/event/payload";
import { keyOf } from "@belfry/core/event/record-id";
import type { Resource } from "@belfry/core/event/resource";
import { Stream } from "@belfry/core/event/stream";
import type { Source } from "@belfry/core/sources/source";

/** One log message, of as many lines as it has. */
export interface Message {
  readonly bytes: Uint8Array;
  readonly resource: Resource;
  readonly origin: string;
  /** Epoch milliseconds, when the carrier says it. */
  readonly timeMs?: number;
  /** The id that it has already; a new one is made when absent. */
  readonly id?: string;
}

/** Where a message is said to come from, as the options of commands and the tests of a configuration name it. */
export interface Place {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly logGroup?: string | undefined;
  readonly logStream?: string | undefined;
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
}

/** The resource for a place; what is not said is empty. */
export function resourceAt({ account = "", region = "", logGroup, logStream, bucket, key = "" }: Place): Resource {
  return {
    account,
    region,
    regionAssumed: false,
    ...(logGroup === undefined ? {} : { logGroup }),
    ...(logStream === undefined ? {} : { logStream }),
    ...(bucket === undefined ? {} : { object: { bucket, key, version: "" } }),
  };
}

/** Messages as a source, one record and one delivery item each. */
export function messageSource(messages: readonly Message[]): Source {
  const items = messages.map(({ origin, id }, i) => ({ id: `${i}:${id ?? origin}`, origin }));
  return {
    items,
    *batches(batch) {
      for (const [i, message] of messages.entries()) {
        // A copy: transforms mask secrets in place.
        const bytes = Buffer.from(message.bytes);
        const place = {
          payload: batch.addPayload(payloadOf(bytes, items[i])),
          stream: batch.addStream(new Stream(message.resource)),
          start: 0,
          end: bytes.length,
        };
        const key = keyOf(String(i));
        batch.received++;
        const record = batch.append(place, message.timeMs ?? Number.NaN, false, key, 0, key.byteLength);
        if (message.id !== undefined) batch.setId(record, message.id);
      }
      if (batch.count > 0) yield batch;
    },
  };
}
