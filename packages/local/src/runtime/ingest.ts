import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { Outcome } from "@belfry/core/pipeline";
import { BelfryError } from "@belfry/core/platform/errors";
import type { Source } from "@belfry/core/sources/source";
import { kinesisHandler } from "@belfry/functions/ingest/kinesis";
import { s3ObjectHandler } from "@belfry/functions/ingest/s3-object";
import { subscriptionHandler } from "@belfry/functions/ingest/subscription";
import { openInput, STDIN } from "../cli/input.ts";
import { contentVersion, fileSource } from "./file-source.ts";
import { deliverByFirehose } from "./firehose.ts";
import { HEAD_BYTES, type IngestPiece, MAX_EVENTS_BYTES, mayHoldEvents, piecesOf } from "./ingest-input.ts";
import type { LambdaEvent } from "./lambda-event.ts";
import { messageSource } from "./message-source.ts";
import type { Session } from "./session.ts";

/** Takes in files and events: events through the functions that would get them in AWS, logs as objects are read. */
export class Ingest {
  readonly #session: Session;
  readonly #signal: AbortSignal;

  constructor(session: Session, signal: AbortSignal) {
    this.#session = session;
    this.#signal = signal;
  }

  /** Takes in one file, or standard input for `-`; what became of the records is in the session's ledger. Raises NOT_FOUND for a file that is not there. */
  async file(name: string): Promise<void> {
    const head = await take(await openInput(name), HEAD_BYTES);
    if (!(await mayHoldEvents(head.bytes))) return this.#logFile(name, head);
    const whole = await take(head.all(), MAX_EVENTS_BYTES);
    if (!whole.isAll) return this.#logFile(name, whole);
    for (const piece of piecesOf(whole.bytes)) await this.#piece(name, whole.bytes, piece);
  }

  /** Logs of any size. The ids of their lines are made from the content; of standard input, which cannot be read twice, from the time if it is long. */
  async #logFile(name: string, beginning: Taken): Promise<void> {
    if (beginning.isAll)
      return this.#logs(name, beginning.all(), await contentVersion(Readable.from([beginning.bytes])));
    if (name === STDIN) return this.#logs(name, beginning.all(), String(this.#session.runtime.clock.now()));
    await beginning.stop();
    await this.#logs(name, createReadStream(name), await contentVersion(createReadStream(name)));
  }

  async #piece(name: string, bytes: Buffer, piece: IngestPiece): Promise<void> {
    if (piece.kind === "message") {
      const resource = { account: "", region: "", regionAssumed: false };
      await this.#run(messageSource([{ bytes: Buffer.from(piece.text), resource, origin: `file:${name}` }]));
    } else if (piece.kind === "logs") {
      const body = piece.text === undefined ? bytes : Buffer.from(piece.text);
      await this.#logs(name, Readable.from([body]), await contentVersion(Readable.from([body])));
    } else await this.#event(piece);
  }

  async #event(piece: LambdaEvent): Promise<void> {
    const { host, runtime } = this.#session;
    try {
      if (piece.kind === "subscription")
        await host.invoke("belfry-ingest-subscription", subscriptionHandler(runtime), piece.event);
      else if (piece.kind === "kinesis")
        await host.invoke("belfry-ingest-kinesis", kinesisHandler(runtime), piece.event);
      else if (piece.kind === "s3-object")
        await host.invoke("belfry-ingest-s3-object", s3ObjectHandler(runtime), piece.event);
      else await deliverByFirehose(piece.event, runtime, host);
    } catch (error) {
      // So the functions ask the service for the event again; the accounting says which records and why.
      if (!(error instanceof BelfryError && error.code === "RETRY")) throw error;
    }
  }

  async #logs(name: string, body: AsyncIterable<Uint8Array>, version: string): Promise<void> {
    await this.#run(fileSource({ name: name === STDIN ? "stdin" : name, version, body }, this.#session.runtime.config));
  }

  async #run(source: Source): Promise<Outcome> {
    const { pipeline, tracer } = this.#session.runtime;
    return tracer.trace("belfry-ingest", undefined, {}, (span) => pipeline.run(source, { signal: this.#signal, span }));
  }
}

/** The beginning of an input, and the means to go on reading it. */
interface Taken {
  readonly bytes: Buffer;
  /** Nothing follows. */
  readonly isAll: boolean;
  /** The beginning again, and what follows it; once only. */
  all(): AsyncIterable<Uint8Array>;
  /** Ends the reading. */
  stop(): Promise<unknown>;
}

/** Takes at least so many bytes, if there are so many. */
async function take(body: AsyncIterable<Uint8Array>, count: number): Promise<Taken> {
  const chunks: Buffer[] = [];
  const iterator = body[Symbol.asyncIterator]();
  let length = 0;
  let isAll = false;
  while (length < count && !isAll) {
    const next = await iterator.next();
    isAll = next.done === true;
    if (next.done === true) break;
    chunks.push(Buffer.from(next.value));
    length += next.value.length;
  }
  const bytes = Buffer.concat(chunks);
  return { bytes, isAll, all: () => followedBy(bytes, iterator), stop: async () => iterator.return?.() };
}

async function* followedBy(bytes: Buffer, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield bytes;
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
}
