import type { Config } from "@belfry/core/config/schema";
import { isWholeItem, type QuarantineEntry } from "@belfry/core/event/quarantine-entry";
import { isGzip, isZstd } from "@belfry/core/platform/plain-bytes";
import { decodeItems } from "@belfry/core/sources/decode-items";
import { deaggregate } from "@belfry/core/sources/kpl";
import { type GetObject, objectSource } from "@belfry/core/sources/s3-object";
import type { Source } from "@belfry/core/sources/source";
import { lambdaEventOf } from "./lambda-event.ts";
import { messageSource } from "./message-source.ts";

/** What decoding an entry needs besides its bytes. */
export interface EntryWorld {
  readonly config: Pick<Config, "limits" | "streams">;
  readonly getObject: GetObject;
  readonly signal: AbortSignal;
  readonly now: number;
}

/** Whether an entry is one log record, which has its id already, and not a delivery item that records are still to be decoded from. */
export function isRecord(entry: QuarantineEntry): boolean {
  if (isWholeItem(entry)) return false;
  const bytes = Buffer.from(entry.original);
  return !isGzip(bytes) && !isZstd(bytes) && deaggregate(bytes) === undefined;
}

/** Log records of the quarantine as a source, one delivery item each, in their order; they keep their ids. */
export function recordsSource(entries: readonly QuarantineEntry[]): Source {
  return messageSource(
    entries.map(({ id, original, resource, origin, time }) => ({
      id,
      resource,
      origin,
      bytes: original,
      ...(time === undefined ? {} : { timeMs: time }),
    })),
  );
}

/** A delivery item of the quarantine as a source; its records get the ids that they would have had. */
export function itemSource(entry: QuarantineEntry, world: EntryWorld): Source {
  const { id, origin, original, resource, reason } = entry;
  const bytes = Buffer.from(original);
  const { account, region, stream = "" } = resource;
  const event = objectEvent(bytes);
  if (event !== undefined) {
    const place = { account, region, requestId: id, now: world.now };
    return objectSource(event, world.config, { getObject: world.getObject, signal: world.signal, place });
  }
  const raw = {
    item: { id, origin },
    data: reason.startsWith("bad base64") ? bytes.toString("utf8") : bytes,
    carrier: { name: stream, region, account },
    arrivalTime: entry.time ?? world.now,
  };
  return { items: [raw.item], batches: (batch) => decodeItems([raw], world.config, batch) };
}

/** The message of a queue that names objects, which was given up. */
function objectEvent(bytes: Buffer): unknown {
  if (bytes[0] !== 123) return undefined;
  try {
    const event = lambdaEventOf(JSON.parse(bytes.toString("utf8")));
    return event?.kind === "s3-object" ? event.event : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
