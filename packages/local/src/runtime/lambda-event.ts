import type { CloudWatchLogsEvent, FirehoseTransformationEvent, KinesisStreamEvent } from "aws-lambda";

/** An event of a service that brings records to Belfry, by the function that takes it. */
export type LambdaEvent =
  | { readonly kind: "subscription"; readonly event: CloudWatchLogsEvent }
  | { readonly kind: "kinesis"; readonly event: KinesisStreamEvent }
  | { readonly kind: "firehose"; readonly event: FirehoseTransformationEvent }
  | { readonly kind: "s3-object"; readonly event: unknown };

type Json = Record<string, unknown>;

/** Recognizes an event by its shape; undefined for anything else, also for events of services that bring no logs. */
export function lambdaEventOf(value: unknown): LambdaEvent | undefined {
  const event = asObject(value);
  if (event === undefined) return undefined;
  if (typeof asObject(event.awslogs)?.data === "string")
    return { kind: "subscription", event: value as CloudWatchLogsEvent };
  if (isFirehose(event)) return { kind: "firehose", event: value as FirehoseTransformationEvent };
  const records = event.Records;
  if (Array.isArray(records)) return ofRecords(value, asObject(records[0]));
  const isBusEvent = event.source === "aws.s3" && asObject(event.detail) !== undefined;
  return isBusEvent || event.Event === "s3:TestEvent" ? { kind: "s3-object", event: value } : undefined;
}

function isFirehose(event: Json): boolean {
  const records = event.records;
  return (
    typeof event.deliveryStreamArn === "string" &&
    Array.isArray(records) &&
    records.every((record) => typeof asObject(record)?.data === "string")
  );
}

function ofRecords(value: unknown, first: Json | undefined): LambdaEvent | undefined {
  if (first === undefined) return undefined;
  const kinesis = asObject(first.kinesis);
  if (kinesis !== undefined && typeof kinesis.data === "string")
    return { kind: "kinesis", event: value as KinesisStreamEvent };
  const isMessage = first.eventSource === "aws:sqs" && typeof first.body === "string";
  const bringsObject = asObject(first.s3) !== undefined || asObject(first.Sns) !== undefined;
  return isMessage || bringsObject ? { kind: "s3-object", event: value } : undefined;
}

function asObject(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}
