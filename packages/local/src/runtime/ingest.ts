import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
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
import { type IngestPiece, MAX_EVENTS_BYTES, piecesOf } from "./ingest-input.ts";
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
    const isLarge = name !== STDIN && (await sizeOf(name)) > MAX_EVENTS_BYTES;
    if (isLarge) return this.#largeFile(name);
    const { bytes, rest } = await beginningOf(await openInput(name));
    if (rest !== undefined) return this.#logs(name, rest, `stdin ${this.#session.runtime.clock.now()}`);
    for (const piece of piecesOf(bytes)) await this.#piece(name, bytes, piece);
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

  async #largeFile(name: string): Promise<void> {
    const version = await contentVersion(createReadStream(name));
    await this.#logs(name, createReadStream(name), version);
  }

  async #logs(name: string, body: AsyncIterable<Uint8Array>, version: string): Promise<void> {
    await this.#run(fileSource({ name: name === STDIN ? "stdin" : name, version, body }, this.#session.runtime.config));
  }

  async #run(source: Source): Promise<Outcome> {
    const { pipeline, tracer } = this.#session.runtime;
    return tracer.trace("belfry-ingest", undefined, {}, (span) => pipeline.run(source, { signal: this.#signal, span }));
  }
}

async function sizeOf(name: string): Promise<number> {
  return (await stat(name).catch(() => undefined))?.size ?? 0;
}

/** All bytes if there are not too many of them, else an iterable over them and all that follows. */
async function beginningOf(
  body: AsyncIterable<Uint8Array>,
): Promise<{ bytes: Buffer; rest?: AsyncIterable<Uint8Array> }> {
  const chunks: Buffer[] = [];
  let length = 0;
  const iterator = body[Symbol.asyncIterator]();
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    chunks.push(Buffer.from(next.value));
    length += next.value.length;
    if (length > MAX_EVENTS_BYTES) return { bytes: Buffer.alloc(0), rest: followedBy(chunks, iterator) };
  }
  return { bytes: Buffer.concat(chunks) };
}

async function* followedBy(chunks: readonly Buffer[], iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
}
