import type { KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import { type DecodeConfig, decodeItems, type RawItem } from "./decode-items.ts";
import type { Source } from "./source.ts";

/** Records of a Kinesis stream as Lambda's event source mapping brings them; an item's id is its sequence number. */
export function kinesisSource(event: KinesisStreamEvent, config: DecodeConfig): Source {
  const raws = event.Records.map(rawOf);
  return { items: raws.map((raw) => raw.item), batches: (batch) => decodeItems(raws, config, batch) };
}

function rawOf(record: KinesisStreamRecord): RawItem {
  const { sequenceNumber, data, approximateArrivalTimestamp } = record.kinesis;
  const arn = record.eventSourceARN;
  const shard = record.eventID.split(":")[0];
  return {
    item: { id: sequenceNumber, origin: `kinesis:${streamName(arn)}/${shard}:${sequenceNumber}` },
    data,
    carrier: { name: arn, region: record.awsRegion, account: arn.split(":")[4] ?? "" },
    arrivalTime: Math.floor(approximateArrivalTimestamp * 1000),
  };
}

function streamName(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
