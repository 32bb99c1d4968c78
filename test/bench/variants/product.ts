import type { KinesisStreamEvent } from "aws-lambda";
import { configuredPipeline } from "../../../packages/core/src/configured-pipeline.ts";
import { type Accounting, brokenIdentity } from "../../../packages/core/src/event/fates.ts";
import type { PutRecords } from "../../../packages/core/src/platform/clients.ts";
import type { SendHttp } from "../../../packages/core/src/platform/http.ts";
import { firehoseSink } from "../../../packages/core/src/sinks/firehose.ts";
import { openSearchSink } from "../../../packages/core/src/sinks/opensearch.ts";
import { kinesisSource } from "../../../packages/core/src/sources/kinesis.ts";
import { BulkAnswers } from "./bulk-answers.ts";
import { ARCHIVE, CONFIG, NOW_MS, SEARCH } from "./settings.ts";
import type { Variant } from "./variant.ts";

/** The pipeline as functions run it, with its own sinks; only what would be sent ends here and is answered as taken. Nothing is compressed. */
export function product(): Variant {
  const sent = new Sent();
  const world = { clock: { now: () => NOW_MS }, random: () => 0, sleep: () => Promise.resolve() };
  const sinks = [
    openSearchSink({ ...world, name: SEARCH, send: sent.bulk, compress: false }),
    firehoseSink({ ...world, name: ARCHIVE, put: sent.archive }),
  ];
  const pipeline = configuredPipeline(CONFIG, { sinks, quarantine: { put: () => Promise.resolve() } });
  const { signal } = new AbortController();
  const run = async (event: KinesisStreamEvent): Promise<Accounting> => {
    const { accounting } = await pipeline.run(kinesisSource(event, CONFIG), { signal });
    const broken = brokenIdentity(accounting);
    if (broken !== undefined) throw new Error(broken);
    return accounting;
  };
  return {
    run: async (event) => {
      await run(event);
    },
    outputs: async (event) => {
      sent.keep();
      const { received, dropped, quarantined, retried, sinks: delivered } = await run(event);
      const lost = [
        quarantined,
        retried,
        ...Object.values(delivered).flatMap((sink) => [sink.quarantined, sink.retried]),
      ];
      if (lost.some((tally) => Object.keys(tally).length > 0))
        throw new Error(`not all was delivered: ${JSON.stringify(lost)}`);
      return { ...sent.take(), received, dropped };
    },
  };
}

/** The far end of both sinks. */
class Sent {
  readonly #answers = new BulkAnswers("create");
  #kept: { bulk: Buffer[]; archive: Buffer[] } | undefined;

  /** Keeps what is sent from now on. */
  keep(): void {
    this.#kept = { bulk: [], archive: [] };
  }

  /** Hands over what was kept, and keeps no more. */
  take(): { bulk: Buffer[]; archive: Buffer[] } {
    const kept = this.#kept ?? { bulk: [], archive: [] };
    this.#kept = undefined;
    return kept;
  }

  readonly bulk: SendHttp = async ({ path, body = Buffer.alloc(0) }) => {
    this.#kept?.bulk.push(Buffer.from(body));
    return { status: 200, body: this.#answers.to(body, path) };
  };

  readonly archive: PutRecords = async (entries) => {
    for (const { data } of entries) this.#kept?.archive.push(Buffer.from(data));
    return entries.map(() => undefined);
  };
}
