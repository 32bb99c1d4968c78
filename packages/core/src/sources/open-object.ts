import type { Config } from "../config/schema.ts";
import type { DeliveryItem } from "../event/payload.ts";
import type { Stream } from "../event/stream.ts";
import type { Carrier, StreamTable } from "./streams.ts";

/** An object that is open, and what its records need. */
export interface OpenObject {
  readonly body: AsyncIterable<Uint8Array>;
  readonly item: DeliveryItem;
  readonly stream: Stream;
  readonly carrier: Carrier;
  readonly limits: Config["limits"];
  readonly streams: StreamTable;
}
