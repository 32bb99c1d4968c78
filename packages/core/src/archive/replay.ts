import type { ReplayPart } from "../event/replay-payload.ts";
import type { PutEntry } from "../platform/clients.ts";
import { BelfryError, messageOf } from "../platform/errors.ts";
import type { Logger } from "../platform/logger.ts";
import type { ListedObject, ListObjects } from "../platform/objects-client.ts";
import type { Pace } from "../platform/pace.ts";
import { isCorruption } from "../platform/plain-bytes.ts";
import type { Random } from "../platform/retry.ts";
import { partsOf } from "./replay-object.ts";
import { packParts } from "./replay-packing.ts";
import { isInRange, type ReplayRange } from "./replay-range.ts";
import { noReplayCounts, type ReplayCounts, type ReplayCursor, type ReplayRequest } from "./replay-request.ts";

/** What a replay uses of the world. */
export interface ReplayPorts {
  readonly bucket: string;
  /** What the keys of the source may begin with; the first is taken when none is asked for. */
  readonly prefixes: readonly string[];
  readonly list: ListObjects;
  /** Opens an object of the bucket. Raises NOT_FOUND when it is not there any more. */
  readonly open: (key: string, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;
  /** Puts stream records, all of them, or raises an error; does nothing in a dry run. */
  readonly write: (entries: readonly PutEntry[], signal: AbortSignal) => Promise<void>;
  readonly pace: Pace;
  readonly random: Random;
  readonly logger: Pick<Logger, "warn" | "error">;
}

/** How far a replay has got; the next invocation gets `cursor` and `counts` as they are. */
export interface ReplayAnswer {
  readonly done: boolean;
  readonly cursor: ReplayCursor;
  readonly counts: ReplayCounts;
}

/**
 * Puts what a source holds into the stream again, in the order of its keys, until all is done or the signal aborts. The cursor moves on only behind what the stream has
 * taken, so after a crash the last portion comes twice, under the same ids, and none is left out. Nothing is removed or changed in the source.
 * Raises what its ports raise when nothing was done yet; later such an error only ends the invocation's share, so that no progress is lost.
 */
export async function replay(request: ReplayRequest, ports: ReplayPorts, signal: AbortSignal): Promise<ReplayAnswer> {
  const run = new ReplayRun(request, ports, signal);
  try {
    return run.answer(await run.all());
  } catch (error) {
    const isWorthwhile = error instanceof BelfryError && error.retryable && run.hasProgress;
    if (!isWorthwhile && !signal.aborted) throw error;
    if (!signal.aborted) ports.logger.warn("replay goes on after an error", { error, cursor: run.cursor });
    return run.answer(false);
  }
}

class ReplayRun {
  readonly #request: ReplayRequest;
  readonly #ports: ReplayPorts;
  readonly #signal: AbortSignal;
  readonly #prefix: string;
  readonly #range: ReplayRange;
  readonly #counts: ReplayCounts;
  hasProgress = false;
  cursor: ReplayCursor;

  constructor(request: ReplayRequest, ports: ReplayPorts, signal: AbortSignal) {
    this.#request = request;
    this.#ports = ports;
    this.#signal = signal;
    this.#prefix = prefixOf(request, ports);
    this.#range = { startMs: timeOf(request.start), endMs: timeOf(request.end) };
    this.#counts = { ...noReplayCounts(), ...request.counts };
    this.cursor = request.cursor ?? {};
  }

  answer(done: boolean): ReplayAnswer {
    return { done, cursor: this.cursor, counts: { ...this.#counts } };
  }

  /** True when nothing is left, false when the signal aborted before. */
  async all(): Promise<boolean> {
    for (let isLast = false; !isLast; ) {
      const page = await this.#ports.list(this.#prefix, this.cursor.after, this.#signal);
      for (const object of page.objects) {
        if (this.#signal.aborted || !(await this.#object(object))) return false;
      }
      isLast = page.isLast || page.objects.length === 0;
    }
    return true;
  }

  /** False when the signal aborted before the object's end. */
  async #object(object: ListedObject): Promise<boolean> {
    const { key } = object;
    if (!isInRange(object, this.#range)) {
      this.#counts.outside++;
      this.cursor = { after: key };
      return true;
    }
    try {
      if (!(await this.#parts(object))) return false;
      this.#counts.objects++;
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      this.#counts.unreadable++;
      this.#ports.logger.error("an object cannot be replayed: it stays where it is", { key, reason: messageOf(error) });
    }
    this.cursor = { after: key };
    this.hasProgress = true;
    return true;
  }

  async #parts(object: ListedObject): Promise<boolean> {
    const { key } = object;
    const { bucket, open, pace } = this.#ports;
    const known = this.cursor.key === key ? (this.cursor.done ?? 0) : 0;
    const body = await open(key, this.#signal);
    let portion: ReplayPart[] = [];
    let read = 0;
    try {
      for await (const part of partsOf(this.#request.from, { object, bucket, body })) {
        if (read++ < known) continue;
        portion.push(part);
        if (portion.length < pace.piece) continue;
        await this.#send(portion, key, read);
        portion = [];
        if (this.#signal.aborted) return false;
      }
    } catch (error) {
      // What was read before an object breaks off is not to be lost.
      if (isUnreadable(error)) await this.#send(portion, key, read);
      throw error;
    }
    await this.#send(portion, key, read);
    return true;
  }

  /** Puts parts into the stream, the last of which is the object's `done`-th. */
  async #send(parts: readonly ReplayPart[], key: string, done: number): Promise<void> {
    if (parts.length === 0) return;
    const { write, pace, random, logger } = this.#ports;
    const { entries, tooLarge } = await packParts(parts, random);
    await write(entries, this.#signal);
    for (const part of tooLarge) {
      logger.error("too large for the stream: it stays where it is", { key, bytes: part.original.length });
    }
    this.#counts.parts += parts.length - tooLarge.length;
    this.#counts.tooLarge += tooLarge.length;
    this.#counts.streamRecords += entries.length;
    const { after } = this.cursor;
    this.cursor = { after, key, done };
    this.hasProgress = true;
    await pace.took(parts.length, this.#signal);
  }
}

/** Whether an object is not what it should be, or is gone since it was listed; any other error may pass. */
function isUnreadable(error: unknown): boolean {
  if (error instanceof BelfryError) return error.code === "BAD_PAYLOAD" || error.code === "NOT_FOUND";
  return isCorruption(error);
}

function prefixOf({ prefix }: ReplayRequest, { prefixes }: ReplayPorts): string {
  if (prefix === undefined) return prefixes[0];
  if (prefixes.some((known) => prefix.startsWith(known))) return prefix;
  throw new BelfryError("BAD_EVENT", `prefix must begin with ${prefixes.join(" or ")}, got "${prefix}"`);
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
