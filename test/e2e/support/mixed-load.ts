import { gzipSync } from "node:zlib";
import { idSeed, idText } from "@belfry/core/event/record-id";
import { appJson, appText } from "@belfry/local/sample/app-log";
import { cloudTrailRecord } from "@belfry/local/sample/cloudtrail";
import { SITES, type Site } from "@belfry/local/sample/estate";
import { lambdaJsonLines, lambdaTextLines } from "@belfry/local/sample/lambda-log";
import { SeededRandom } from "@belfry/local/sample/random";
import { vpcFlowV2 } from "@belfry/local/sample/vpc-flow";
import type { CloudWatchLogsEvent, KinesisStreamEvent, SQSEvent } from "aws-lambda";
import { idsOf } from "../../bench/reference/record-id.ts";
import { envelope, eventId, kinesisEvent, s3Event, sqsEvent, subscriptionEvent, zipped } from "../../support/events.ts";

/** What AWS would hand over, by the road that it comes, and the ids that all of it must have in the end. */
export interface Load {
  /** By shard: the batches of its event source mapping, in order. */
  readonly shards: readonly (readonly KinesisStreamEvent[])[];
  readonly subscriptions: readonly CloudWatchLogsEvent[];
  readonly queue: SQSEvent;
  /** What the queue's events name, by `bucket/key`. */
  readonly objects: Readonly<Record<string, Buffer>>;
  /** One for each record, worked out before any is delivered. */
  readonly ids: ReadonlySet<string>;
}

const EVENTS_PER_PAYLOAD = 250;
const SHARDS = 2;
const BATCHES_PER_SHARD = 5;
const PAYLOADS_PER_BATCH = 6;
const SUBSCRIPTIONS = 10;
const OBJECTS = 10;

/** How many records a load has. */
export const LOAD_RECORDS =
  EVENTS_PER_PAYLOAD * (SHARDS * BATCHES_PER_SHARD * PAYLOADS_PER_BATCH + SUBSCRIPTIONS + OBJECTS);

// Events of a load lie in the three days before it.
const SPREAD_MS = 3 * 86_400_000;
// Longer ago than any index is kept: such an event has no day of its own.
const LONG_AGO_MS = 40 * 86_400_000;

type Line = (random: SeededRandom, site: Site, timeMs: number) => string | string[];

interface Shape {
  readonly logGroup: string;
  readonly line: Line;
}

const SHAPES: readonly Shape[] = [
  { logGroup: "/aws/vpc/flow-logs", line: vpcFlowV2 },
  {
    logGroup: "aws-cloudtrail-logs",
    line: (random, site, timeMs) => JSON.stringify(cloudTrailRecord(random, site, timeMs)),
  },
  { logGroup: "/aws/lambda/checkout-prices", line: (random, _site, timeMs) => lambdaTextLines(random, timeMs) },
  { logGroup: "/ecs/catalogue", line: (random, _site, timeMs) => appJson(random, timeMs) },
  { logGroup: "/ec2/backoffice", line: (random, _site, timeMs) => appText(random, timeMs) },
  { logGroup: "/aws/lambda/print-label", line: (random, _site, timeMs) => lambdaJsonLines(random, timeMs) },
];

/** 20,000 records of all sources by three roads; the same for the same seed and time, and of different ids for different seeds. */
export function mixedLoad(seed: number, nowMs: number): Load {
  const maker = new LoadMaker(seed, nowMs);
  const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
  const shards = times(SHARDS, () =>
    times(BATCHES_PER_SHARD, () => kinesisEvent(times(PAYLOADS_PER_BATCH, () => maker.payload()))),
  );
  const subscriptions = times(SUBSCRIPTIONS, () => subscriptionEvent(maker.payload()));
  const keys = times(OBJECTS, (i) => maker.object(i));
  const queue = sqsEvent(
    keys.map((key) => JSON.stringify(s3Event([{ bucket: maker.bucket, key, version: maker.version }]))),
  );
  return { shards, subscriptions, queue, objects: maker.objects, ids: maker.ids };
}

class LoadMaker {
  readonly bucket = "shop-exports";
  readonly version = "1";
  readonly ids = new Set<string>();
  readonly objects: Record<string, Buffer> = {};
  readonly #seed: number;
  readonly #nowMs: number;
  readonly #random: SeededRandom;
  #made = 0;

  constructor(seed: number, nowMs: number) {
    this.#seed = seed;
    this.#nowMs = nowMs;
    this.#random = new SeededRandom(seed);
  }

  /** One log stream's payload, compressed as CloudWatch Logs sends it. */
  payload(): Buffer {
    const { logGroup, line } = SHAPES[this.#made % SHAPES.length];
    const site = SITES[Math.floor(this.#made / SHAPES.length) % SITES.length];
    const logStream = `${this.#seed}-${this.#made++}`;
    const idOf = idsOf(site.account, site.region, logGroup, logStream);
    const events = this.#lines(site, line, this.#nowMs).map(({ timeMs, message }, i) => {
      const id = eventId(i);
      this.ids.add(idOf(id));
      return { id, timestamp: timeMs, message };
    });
    const subscriptionFilters = [`belfry-${site.region}`];
    return zipped(envelope(events, { owner: site.account, logGroup, logStream, subscriptionFilters }));
  }

  /** Puts an object of JSON lines, and gives its key. The first is an export of events from long ago. */
  object(index: number): string {
    const site = SITES[index % SITES.length];
    const key = `AWSLogs/${site.account}/app/${site.region}/${this.#seed}-${index}.ndjson.gz`;
    const nowMs = index === 0 ? this.#nowMs - LONG_AGO_MS : this.#nowMs;
    const lines = this.#lines(site, (random, _site, timeMs) => appJson(random, timeMs), nowMs);
    const seed = idSeed(["s3", this.bucket, key, this.version]);
    let offset = 0;
    for (const { message } of lines) {
      this.ids.add(idText(seed, String(offset)));
      offset += Buffer.byteLength(message) + 1;
    }
    this.objects[`${this.bucket}/${key}`] = gzipSync(lines.map(({ message }) => `${message}\n`).join(""));
    return key;
  }

  #lines(site: Site, line: Line, nowMs: number): { timeMs: number; message: string }[] {
    const lines: { timeMs: number; message: string }[] = [];
    while (lines.length < EVENTS_PER_PAYLOAD) {
      const timeMs = nowMs - this.#random.integer(0, SPREAD_MS);
      for (const message of [line(this.#random, site, timeMs)].flat()) lines.push({ timeMs, message });
    }
    return lines.slice(0, EVENTS_PER_PAYLOAD);
  }
}
