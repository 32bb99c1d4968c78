import type { KinesisStreamEvent } from "aws-lambda";
import { kinesisItem } from "../event/kinesis-item.ts";
import { type DecodeConfig, decodeItems } from "./decode-items.ts";
import type { Source } from "./source.ts";

/** Records of a Kinesis stream as Lambda's event source mapping brings them; an item's id is its sequence number. */
export function kinesisSource(event: KinesisStreamEvent, config: DecodeConfig): Source {
  const raws = event.Records.map(kinesisItem);
  return { items: raws.map((raw) => raw.item), batches: (batch) => decodeItems(raws, config, batch) };
}
