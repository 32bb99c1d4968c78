import type { Process } from "@belfry/core/sinks/process";
import { kinesisHandler } from "@belfry/functions/ingest/kinesis";
import { s3ObjectHandler } from "@belfry/functions/ingest/s3-object";
import { subscriptionHandler } from "@belfry/functions/ingest/subscription";
import { customHandler } from "@belfry/functions/process/custom";
import type { CloudWatchLogsEvent, FirehoseTransformationEvent, KinesisStreamEvent, SQSEvent } from "aws-lambda";
import { EventSourceMapping } from "../stream/event-source-mapping.ts";
import { LocalStream } from "../stream/kinesis-stream.ts";
import type { DiscardedBatch } from "../stream/mapping-options.ts";
import { systemScheduler } from "../stream/scheduler.ts";
import type { LocalRuntime } from "./compose.ts";
import { deliverByFirehose } from "./firehose.ts";
import type { FunctionHost, Handler } from "./function-host.ts";
import { keepGivenUp } from "./given-up.ts";
import type { Ledger } from "./ledger.ts";

// An asynchronous invocation is tried twice more. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
const ASYNC_ATTEMPTS = 3;
// What the stacks give the queue of objects as maxReceiveCount.
const MAX_RECEIVE_COUNT = 3;

/** How the stacks configure the mapping, with shorter windows, since somebody is watching. */
const MAPPING = {
  batchSize: 100,
  batchWindowMs: 500,
  maximumRetryAttempts: 5,
  maximumRecordAgeMs: 6 * 3_600_000,
  bisectBatchOnFunctionError: true,
  startingPosition: "TRIM_HORIZON",
} as const;

/** The account and region that the local services pretend to be in. */
export interface LocalSite {
  readonly account: string;
  readonly region: string;
}

/** A user's own function as a second reader of the stream, and where what it does is noted. */
export interface OwnFunction {
  readonly process: Process;
  readonly ledger: Ledger;
}

/**
 * The services of AWS that bring records to Belfry's functions, as far as a laptop needs them: a stream with its event source mapping,
 * asynchronous invocation, a Firehose that writes to the archive, a queue of S3 events. What they give up is kept in the quarantine.
 */
export class LocalAws {
  readonly stream: LocalStream;
  readonly #mappings: readonly EventSourceMapping[];
  readonly #runtime: LocalRuntime;
  readonly #host: FunctionHost;
  readonly #site: LocalSite;

  constructor(runtime: LocalRuntime, host: FunctionHost, site: LocalSite, ownFunction?: OwnFunction) {
    this.#runtime = runtime;
    this.#host = host;
    this.#site = site;
    this.stream = new LocalStream({ name: "belfry-logs", shards: 2, ...site, scheduler: systemScheduler });
    const ingest = this.#map("belfry-ingest-kinesis", kinesisHandler(runtime));
    if (ownFunction === undefined) this.#mappings = [ingest];
    else {
      const own = customHandler(runtime.with(ownFunction.ledger), ownFunction.process);
      this.#mappings = [ingest, this.#map("belfry-process", own)];
    }
  }

  #map(functionName: string, handler: Handler<KinesisStreamEvent, unknown>): EventSourceMapping {
    return new EventSourceMapping({
      ...MAPPING,
      stream: this.stream,
      scheduler: systemScheduler,
      invoke: (event) => this.#host.invoke(functionName, handler, event),
      onFailure: (discarded) => this.#keepDiscarded(discarded),
    });
  }

  /** A subscription filter that invokes the function itself. */
  async subscription(event: CloudWatchLogsEvent): Promise<void> {
    const handler = subscriptionHandler(this.#runtime);
    const bytes = Buffer.from(event.awslogs.data, "base64");
    for (let attempt = 1; attempt <= ASYNC_ATTEMPTS; attempt++) {
      if (await this.#succeeds("belfry-ingest-subscription", handler, event)) return;
    }
    await this.#giveUp("subscription", "belfry-ingest-subscription", [
      { id: String(this.#runtime.clock.now()), bytes },
    ]);
  }

  /** A delivery stream with Belfry's transformation. */
  firehose(event: FirehoseTransformationEvent): Promise<void> {
    return deliverByFirehose(event, this.#runtime, this.#host);
  }

  /** A queue of S3 events; messages that the function names come again. */
  async objectQueue(event: SQSEvent): Promise<void> {
    const handler = s3ObjectHandler(this.#runtime);
    let messages = event.Records;
    for (let count = 1; messages.length > 0 && count <= MAX_RECEIVE_COUNT; count++) {
      const { batchItemFailures } = await this.#host.invoke("belfry-ingest-s3-object", handler, { Records: messages });
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      messages = messages.filter(({ messageId }) => failed.has(messageId));
    }
    const left = messages.map(({ messageId, body }) => ({ id: messageId, bytes: Buffer.from(body) }));
    await this.#giveUp("sqs", messages[0]?.eventSourceARN ?? "", left);
  }

  /** Handles all that is in the stream, and after `patienceMs` gives up what still fails. */
  async stop(patienceMs: number): Promise<void> {
    await Promise.all(this.#mappings.map((mapping) => mapping.stop(patienceMs)));
  }

  async #succeeds<Event>(name: string, handler: Handler<Event, unknown>, event: Event): Promise<boolean> {
    try {
      await this.#host.invoke(name, handler, event);
      return true;
    } catch (error) {
      this.#runtime.logger.debug("invocation failed", { function: name, error });
      return false;
    }
  }

  #keepDiscarded({ streamArn, shardId, records, condition, error }: DiscardedBatch): Promise<void> {
    this.#runtime.logger.warn("records given up", {
      records: records.length,
      condition,
      shardId,
      ...(error === undefined ? {} : { error }),
    });
    const name = streamArn.slice(streamArn.lastIndexOf("/") + 1);
    const items = records.map(({ sequenceNumber, data }) => ({ id: sequenceNumber, bytes: data }));
    return this.#giveUp(`kinesis:${name}/${shardId}`, streamArn, items);
  }

  async #giveUp(origin: string, carrier: string, items: readonly { id: string; bytes: Uint8Array }[]): Promise<void> {
    if (items.length === 0) return;
    const whole = items.map(({ id, bytes }) => ({ id, bytes, carrier, origin: `${origin}:${id}`, ...this.#site }));
    await keepGivenUp(this.#runtime.quarantine, whole);
  }
}
