import type { Resource } from "@belfry/core/event/resource";
import { appendMessage } from "@belfry/core/sources/replayed";
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
        const { bytes, resource, timeMs, id } = message;
        const timed = timeMs === undefined ? {} : { timeMs };
        const known = id === undefined ? {} : { id };
        appendMessage(batch, { bytes, resource, ...timed, ...known, key: String(i) }, items[i]);
      }
      if (batch.count > 0) yield batch;
    },
  };
}
