import type { Config } from "../config/schema.ts";
import type { Resource } from "../event/resource.ts";
import { Stream } from "../event/stream.ts";
import type { EnvelopeHead } from "./envelope.ts";

/** What the carrier of an item says besides its bytes. */
export interface Carrier {
  /** Name or ARN of the stream, delivery stream or Destination; empty for a direct Lambda payload. */
  readonly name: string;
  /** Region that the function runs in, or that the service's record names. */
  readonly region: string;
  /** Account of the carrier, for records that name none. */
  readonly account: string;
}

// Belfry names each subscription policy and filter so. ARCHITECTURE, decision 6.
const SUBSCRIPTION_NAME = /^belfry-([a-z]{2}(?:-[a-z]+)+-\d)(?:$|[-_.])/;

/** Makes the streams of one invocation: one object for each log stream, however many payloads bring it. */
export class StreamTable {
  readonly #regions: Config["streams"];
  readonly #streams = new Map<string, Stream>();

  constructor(regions: Config["streams"]) {
    this.#regions = regions;
  }

  /**
   * The stream of a log event. The region is, in this order: the `@aws.region` system field, the subscription's own name, the carrier's configured
   * region, and then the carrier's, marked as assumed.
   */
  forLogs(head: EnvelopeHead, extracted: Readonly<Record<string, string>> | undefined, carrier: Carrier): Stream {
    const account = extracted?.["@aws.account"] ?? head.owner;
    const named =
      extracted?.["@aws.region"] ?? regionOfFilters(head.subscriptionFilters) ?? this.#configured(carrier.name);
    const { logGroup, logStream } = head;
    return this.#stream({
      account,
      region: named ?? carrier.region,
      regionAssumed: named === undefined,
      logGroup,
      logStream,
      subscriptionFilters: head.subscriptionFilters,
    });
  }

  /** The stream of records that came bare, without an envelope. */
  forCarrier(carrier: Carrier): Stream {
    const region = this.#configured(carrier.name);
    return this.#stream({
      account: carrier.account,
      region: region ?? carrier.region,
      regionAssumed: region === undefined,
      stream: carrier.name,
    });
  }

  /** The stream of an object's lines. */
  forObject(object: NonNullable<Resource["object"]>, carrier: Carrier): Stream {
    return this.#stream({ account: carrier.account, region: carrier.region, regionAssumed: false, object });
  }

  #configured(name: string): string | undefined {
    const short = name.slice(name.lastIndexOf("/") + 1);
    return (this.#regions[name] ?? this.#regions[short])?.region;
  }

  #stream(resource: Resource): Stream {
    const key = JSON.stringify(resource);
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = new Stream(resource);
      this.#streams.set(key, stream);
    }
    return stream;
  }
}

function regionOfFilters(filters: readonly string[]): string | undefined {
  for (const name of filters) {
    const region = SUBSCRIPTION_NAME.exec(name)?.[1];
    if (region !== undefined) return region;
  }
  return undefined;
}
