import { pathId } from "./field-path.ts";
import { SLACK } from "./payload.ts";
import { type IdSeed, idSeed } from "./record-id.ts";
import type { Resource } from "./resource.ts";

/** A value that is the same for all records of a stream. */
export type ConstantValue = string | number | boolean | readonly string[];

/** Constant fields as the encoder copies them: JSON texts end to end, with their spans. */
export interface RenderedConstants {
  /** The paths, in the order of the spans; streams with the same paths share one text, and so the encoder's plans. */
  readonly signature: string;
  /** Paths and values: alike for streams whose fields are alike, in whatever invocation. */
  readonly key: string;
  readonly paths: readonly number[];
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly start: Int32Array;
  readonly end: Int32Array;
}

/** One log stream, object or bare stream: its resource, the seed of its records' ids, and the fields that all its records share. */
export class Stream {
  readonly resource: Resource;
  readonly seed: IdSeed;
  readonly #constants = new Map<number, ConstantValue>();
  #rendered: RenderedConstants | undefined;

  constructor(resource: Resource, seed: IdSeed = seedOf(resource)) {
    this.resource = resource;
    this.seed = seed;
    this.#setFields(resource);
  }

  /** Sets a field on every record of the stream that does not have it from its own parser. */
  set(path: number, value: ConstantValue): void {
    this.#constants.set(path, value);
    this.#rendered = undefined;
  }

  get(path: number): ConstantValue | undefined {
    return this.#constants.get(path);
  }

  rendered(): RenderedConstants {
    this.#rendered ??= render(this.#constants);
    return this.#rendered;
  }

  #setFields(resource: Resource): void {
    this.set(CLOUD_PROVIDER, "aws");
    if (resource.account !== "") this.set(CLOUD_ACCOUNT_ID, resource.account);
    if (resource.region !== "") this.set(CLOUD_REGION, resource.region);
    if (resource.regionAssumed) this.set(REGION_ASSUMED, true);
    if (resource.logGroup !== undefined) this.set(LOG_GROUP, resource.logGroup);
    if (resource.logStream !== undefined) this.set(LOG_STREAM, resource.logStream);
    if (resource.stream !== undefined) this.set(STREAM_NAME, resource.stream);
    if (resource.object !== undefined) {
      this.set(BUCKET, resource.object.bucket);
      this.set(OBJECT_KEY, resource.object.key);
    }
  }
}

const CLOUD_PROVIDER = pathId("cloud.provider");
const CLOUD_ACCOUNT_ID = pathId("cloud.account.id");
const CLOUD_REGION = pathId("cloud.region");
const REGION_ASSUMED = pathId("labels.region_assumed");
const LOG_GROUP = pathId("aws.cloudwatch.log_group");
const LOG_STREAM = pathId("aws.cloudwatch.log_stream");
const STREAM_NAME = pathId("aws.kinesis.name");
const BUCKET = pathId("aws.s3.bucket.name");
const OBJECT_KEY = pathId("aws.s3.object.key");

/**
 * What is the same on every delivery: account, region, log group and stream for CloudWatch data by any road; bucket, key and version for an
 * object's lines; the stream's name for bare records.
 */
function seedOf(resource: Resource): IdSeed {
  const { account, region, logGroup, logStream, object, stream } = resource;
  if (object !== undefined) return idSeed(["s3", object.bucket, object.key, object.version]);
  if (logGroup !== undefined) return idSeed(["logs", account, region, logGroup, logStream ?? ""]);
  return idSeed(["stream", account, region, stream ?? ""]);
}

function render(constants: ReadonlyMap<number, ConstantValue>): RenderedConstants {
  const paths = [...constants.keys()];
  const texts = [...constants.values()].map((value) => Buffer.from(JSON.stringify(value)));
  const start = new Int32Array(texts.length);
  const end = new Int32Array(texts.length);
  let length = 0;
  for (const [i, text] of texts.entries()) {
    start[i] = length;
    length += text.length;
    end[i] = length;
  }
  const bytes = Buffer.concat(texts, length + SLACK);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const signature = paths.join();
  const key = `${signature} ${bytes.toString("utf8", 0, length)}`;
  return { signature, key, paths, bytes, view, start, end };
}
