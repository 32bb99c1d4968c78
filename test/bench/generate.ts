import { gzipSync } from "node:zlib";
import type { KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import { alb, apigw, nginx, resolver } from "./shapes/access.ts";
import { cloudtrail } from "./shapes/cloudtrail.ts";
import { type Fleet, fleet } from "./shapes/fleet.ts";
import { lambda } from "./shapes/lambda.ts";
import { plain } from "./shapes/plain.ts";
import { vpc2, vpc5 } from "./shapes/vpcflow.ts";

// CloudWatch Logs does not say how hard it compresses; 6 is the default of every gzip.
const GZIP_LEVEL = 6;
const KIB = 1024;
const MIB = 1024 * KIB;

// The time of the newest log event; each payload begins within the hour before.
const START_MS = Date.UTC(2026, 10, 22, 3);
const HOUR_MS = 3_600_000;

interface Shape {
  readonly line: (fleet: Fleet, timeMs: number) => string;
  readonly logGroup: (fleet: Fleet) => string;
  readonly logStream: (fleet: Fleet) => string;
}

const SHAPES = {
  vpc2: {
    line: vpc2,
    logGroup: () => "/aws/vpc/flow-logs",
    logStream: (f) => `${f.random.pick(f.interfaces)}-all`,
  },
  vpc5: {
    line: vpc5,
    logGroup: () => "/aws/vpc/flow-logs-v5",
    logStream: (f) => `${f.random.pick(f.interfaces)}-all`,
  },
  cloudtrail: {
    line: cloudtrail,
    logGroup: (f) => `aws-cloudtrail-logs-${f.account}`,
    logStream: (f) => `${f.account}_CloudTrail_${f.region}_${f.random.integer(1, 6)}`,
  },
  lambda: {
    line: lambda,
    logGroup: () => "/aws/lambda/orders-api",
    logStream: (f) => `2026/11/22/[$LATEST]${f.random.hex(32)}`,
  },
  apigw: {
    line: apigw,
    logGroup: () => "API-Gateway-Access-Logs_asad15n3p0/prod",
    logStream: (f) => f.random.hex(32),
  },
  r53: {
    line: resolver,
    logGroup: (f) => `/aws/route53/resolver/${f.vpcs[0]}`,
    logStream: (f) => `${f.vpcs[0]}_${f.instances[0]}`,
  },
  nginx: { line: nginx, logGroup: () => "/ecs/nginx", logStream: (f) => `ecs/nginx/${f.random.hex(32)}` },
  alb: { line: alb, logGroup: () => "/aws/alb/web", logStream: (f) => `alb-${f.random.hex(8)}` },
  plain: { line: plain, logGroup: () => "/ecs/java", logStream: (f) => `ecs/app/${f.random.hex(32)}` },
} satisfies Record<string, Shape>;

/** A kind of log whose lines the generator knows how to make. */
export type ShapeName = keyof typeof SHAPES;

const ALL_SHAPES = Object.keys(SHAPES) as readonly ShapeName[];

/** The payload that CloudWatch Logs sends to a subscription. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html */
export interface LogsPayload {
  readonly messageType: "DATA_MESSAGE";
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly subscriptionFilters: readonly string[];
  readonly logEvents: readonly { readonly id: string; readonly timestamp: number; readonly message: string }[];
}

/** Makes a payload of one kind of log whose JSON text has about so many bytes. */
export function makePayload(name: ShapeName, seed: number, bytes: number): LogsPayload {
  const shape: Shape = SHAPES[name];
  const here = fleet(seed);
  const { random } = here;
  const logGroup = shape.logGroup(here);
  const logStream = shape.logStream(here);
  const idPrefix = `3${random.digits(17)}`;
  let sequence = random.integer(1_000_000_000, 9_000_000_000);
  let timeMs = START_MS - random.integer(0, HOUR_MS);
  const logEvents = [];
  for (let size = 0; size < bytes; size += JSON.stringify(logEvents.at(-1)).length + 1) {
    timeMs += random.integer(0, 25);
    sequence += random.integer(1, 4000);
    // An id of CloudWatch Logs has 56 digits that grow with time.
    const id = `${idPrefix}${timeMs}0${String(sequence).padStart(12, "0")}${random.digits(12)}`;
    logEvents.push({ id, timestamp: timeMs, message: shape.line(here, timeMs) });
  }
  const subscriptionFilters = [`belfry-${here.region}`];
  return { messageType: "DATA_MESSAGE", owner: here.account, logGroup, logStream, subscriptionFilters, logEvents };
}

interface Recipe {
  readonly shapes: readonly ShapeName[];
  readonly records: number;
  /** JSON bytes of the payload in each record, before compression. */
  readonly bytes: (record: number) => number;
}

const one = (shape: ShapeName): Recipe => ({ shapes: [shape], records: 16, bytes: () => 240 * KIB });
const cycle = (sizes: readonly number[]) => (record: number) => sizes[record % sizes.length] * KIB;

const RECIPES = {
  ...(Object.fromEntries(ALL_SHAPES.map((shape) => [shape, one(shape)])) as Record<ShapeName, Recipe>),
  /** Nine kinds times five sizes, each pair once. */
  mixed: { shapes: ALL_SHAPES, records: 45, bytes: cycle([64, 128, 256, 360, 1024]) },
  /** As much as fits one invocation: 6 MB of event. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  max6m: { shapes: ALL_SHAPES, records: 32, bytes: () => 945 * KIB },
  /** Kinesis records that are full (1 MiB compressed) of the logs that compress best. */
  rec1m: { shapes: ["r53"], records: 3, bytes: () => 13.1 * MIB },
  /** A quiet shard: what a function sees when it has just been started. */
  small: { shapes: ALL_SHAPES, records: 9, bytes: () => 64 * KIB },
} satisfies Record<string, Recipe>;

/** A workload's name, as in the tables of docs/benchmarks.md. */
export type SetName = keyof typeof RECIPES;

/** All workloads, the one that the goals are stated for first. */
export const SETS: readonly SetName[] = ["mixed", ...ALL_SHAPES, "small", "max6m", "rec1m"];

/** A Kinesis event of CloudWatch Logs payloads, and what it weighs. */
export interface Workload {
  readonly set: SetName;
  readonly event: KinesisStreamEvent;
  readonly records: number;
  readonly events: number;
  /** Bytes of all payloads as JSON, and of the same compressed. */
  readonly rawBytes: number;
  readonly gzipBytes: number;
}

/** Makes a workload; the same seed makes the same bytes. */
export function makeWorkload(set: SetName, seed = 1): Workload {
  const recipe: Recipe = RECIPES[set];
  let events = 0;
  let rawBytes = 0;
  let gzipBytes = 0;
  const datas = Array.from({ length: recipe.records }, (_, record) => {
    const shape = recipe.shapes[record % recipe.shapes.length];
    const payload = makePayload(shape, seed * 7919 + record, recipe.bytes(record));
    const json = Buffer.from(JSON.stringify(payload));
    const gzip = gzipSync(json, { level: GZIP_LEVEL });
    events += payload.logEvents.length;
    rawBytes += json.length;
    gzipBytes += gzip.length;
    return gzip;
  });
  return { set, event: kinesisEvent(datas), records: recipe.records, events, rawBytes, gzipBytes };
}

/** A Kinesis event with a record for each of the given data. */
export function kinesisEvent(datas: readonly Buffer[]): KinesisStreamEvent {
  return { Records: datas.map(kinesisRecord) };
}

/** A record of a Kinesis event as Lambda gets it. https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
function kinesisRecord(data: Buffer, index: number): KinesisStreamRecord {
  const sequenceNumber = `4959033827149025660855969253836157109592157598913658${1000 + index}`;
  return {
    kinesis: {
      kinesisSchemaVersion: "1.0",
      partitionKey: `${index}abc`,
      sequenceNumber,
      data: data.toString("base64"),
      approximateArrivalTimestamp: 1_795_316_400.987,
    },
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `shardId-000000000006:${sequenceNumber}`,
    eventName: "aws:kinesis:record",
    invokeIdentityArn: "arn:aws:iam::123456789012:role/lambda-role",
    awsRegion: "ap-northeast-2",
    eventSourceARN: "arn:aws:kinesis:ap-northeast-2:123456789012:stream/central-logs",
  };
}
