import type { KinesisStreamRecord } from "aws-lambda";
import type { DeliveryItem } from "./payload.ts";

/** A record of a Kinesis stream, as Lambda's events and its records of failed invocations have it. */
export interface KinesisItem {
  readonly item: DeliveryItem;
  /** Base64 text. */
  readonly data: string;
  readonly carrier: { readonly name: string; readonly region: string; readonly account: string };
  /** Epoch milliseconds. */
  readonly arrivalTime: number;
}

/** What a stream record is to Belfry: its id is its sequence number, and its carrier the stream by its ARN. */
export function kinesisItem({ kinesis, eventID, eventSourceARN, awsRegion }: KinesisStreamRecord): KinesisItem {
  const { sequenceNumber, data, approximateArrivalTimestamp } = kinesis;
  const stream = eventSourceARN.slice(eventSourceARN.lastIndexOf("/") + 1);
  const shard = eventID.split(":")[0];
  return {
    item: { id: sequenceNumber, origin: `kinesis:${stream}/${shard}:${sequenceNumber}` },
    data,
    carrier: { name: eventSourceARN, region: awsRegion, account: eventSourceARN.split(":")[4] ?? "" },
    arrivalTime: Math.floor(approximateArrivalTimestamp * 1000),
  };
}
