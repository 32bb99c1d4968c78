// Builders of the events that AWS services send, in the shapes of their documentation.
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type {
  CloudWatchLogsEvent,
  FirehoseTransformationEvent,
  KinesisStreamEvent,
  KinesisStreamRecord,
  SQSEvent,
} from "aws-lambda";

export interface LogEvent {
  id: string;
  timestamp: number;
  message: string;
  extractedFields?: Record<string, string>;
}

export interface Envelope {
  messageType: string;
  owner: string;
  logGroup: string;
  logStream: string;
  subscriptionFilters: string[];
  logEvents: LogEvent[];
}

const NOON = Date.UTC(2026, 10, 22, 12);

/** A 56-digit event id as CloudWatch gives it. */
export function eventId(n: number): string {
  return `3${String(n).padStart(55, "0")}`;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html */
export function envelope(messages: readonly (string | Partial<LogEvent>)[], over: Partial<Envelope> = {}): Envelope {
  return {
    messageType: "DATA_MESSAGE",
    owner: "111122223333",
    logGroup: "/app/orders",
    logStream: "web-1",
    subscriptionFilters: ["belfry-eu-central-1"],
    logEvents: messages.map((message, i) => ({
      id: eventId(i + 1),
      timestamp: NOON + i,
      ...(typeof message === "string" ? { message } : { message: "", ...message }),
    })),
    ...over,
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html: sent to test a new destination. */
export function controlEnvelope(): Envelope {
  const message = "CWL CONTROL MESSAGE: Checking health of destination Kinesis stream.";
  return envelope([message], { messageType: "CONTROL_MESSAGE", owner: "CloudwatchLogs", logGroup: "", logStream: "" });
}

export function zipped(...envelopes: readonly Envelope[]): Buffer {
  return gzipSync(envelopes.map((one) => JSON.stringify(one)).join(""));
}

export function subscriptionEvent(data: Buffer): CloudWatchLogsEvent {
  return { awslogs: { data: data.toString("base64") } };
}

const STREAM_ARN = "arn:aws:kinesis:eu-central-1:999988887777:stream/belfry";

/** A sequence number for the n-th record: 56 digits, increasing. */
export function sequenceNumber(n: number): string {
  return `49${String(n).padStart(54, "0")}`;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html; data is bytes, or text that is put in as it is. */
export function kinesisEvent(data: readonly (Buffer | string)[]): KinesisStreamEvent {
  const Records: KinesisStreamRecord[] = data.map((one, i) => ({
    kinesis: {
      kinesisSchemaVersion: "1.0",
      partitionKey: String(i),
      sequenceNumber: sequenceNumber(i),
      data: typeof one === "string" ? one : one.toString("base64"),
      approximateArrivalTimestamp: NOON / 1000,
    },
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `shardId-000000000000:${sequenceNumber(i)}`,
    eventName: "aws:kinesis:record",
    invokeIdentityArn: "arn:aws:iam::999988887777:role/belfry-ingest",
    awsRegion: "eu-central-1",
    eventSourceARN: STREAM_ARN,
  }));
  return { Records };
}

/** https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html */
export function firehoseEvent(data: readonly Buffer[]): FirehoseTransformationEvent {
  return {
    invocationId: "11111111-2222-3333-4444-555555555555",
    deliveryStreamArn: "arn:aws:firehose:eu-central-1:999988887777:deliverystream/belfry",
    region: "eu-central-1",
    records: data.map((one, i) => ({
      recordId: sequenceNumber(i),
      approximateArrivalTimestamp: NOON,
      data: one.toString("base64"),
    })),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export function s3Event(objects: readonly { bucket: string; key: string; version?: string }[]): object {
  return {
    Records: objects.map(({ bucket, key, version }) => ({
      eventVersion: "2.1",
      eventSource: "aws:s3",
      awsRegion: "eu-central-1",
      eventName: "ObjectCreated:Put",
      s3: {
        bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
        object: {
          key: encodeURIComponent(key).replaceAll("%20", "+"),
          eTag: createHash("md5").update(key).digest("hex"),
          ...(version === undefined ? {} : { versionId: version }),
        },
      },
    })),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function sqsEvent(bodies: readonly string[]): SQSEvent {
  return {
    Records: bodies.map((body, i) => ({
      messageId: `message-${i}`,
      receiptHandle: `receipt-${i}`,
      body,
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: String(NOON),
        SenderId: "AIDAIENQZJOLO23YVJ4VO",
        ApproximateFirstReceiveTimestamp: String(NOON),
      },
      messageAttributes: {},
      md5OfBody: createHash("md5").update(body).digest("hex"),
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:eu-central-1:999988887777:belfry-objects",
      awsRegion: "eu-central-1",
    })),
  };
}
