import type { FirehoseTransformationEvent } from "aws-lambda";
import { type DecodeConfig, decodeItems, type RawItem } from "./decode-items.ts";
import type { Source } from "./source.ts";

/** Records of a Firehose transformation; an item's id is its recordId, and each of them has to be answered. */
export function firehoseSource(event: FirehoseTransformationEvent, config: DecodeConfig): Source {
  const name = event.deliveryStreamArn;
  const carrier = {
    name: event.sourceKinesisStreamArn ?? name,
    region: event.region,
    account: name.split(":")[4] ?? "",
  };
  const raws: RawItem[] = event.records.map((record) => ({
    item: { id: record.recordId, origin: `firehose:${name.slice(name.lastIndexOf("/") + 1)}:${record.recordId}` },
    data: record.data,
    carrier,
    arrivalTime: record.approximateArrivalTimestamp,
  }));
  return { items: raws.map((raw) => raw.item), batches: (batch) => decodeItems(raws, config, batch) };
}
