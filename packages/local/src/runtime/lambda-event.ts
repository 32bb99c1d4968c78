import { objectWork } from "@belfry/core/sources/object-event";
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
  if (isKinesis(event)) return { kind: "kinesis", event: value as KinesisStreamEvent };
  return isQueue(event) || namesObjects(value) ? { kind: "s3-object", event: value } : undefined;
}

function isQueue({ Records }: Json): boolean {
  return holdsOnly(Records, ({ eventSource, messageId }) => [eventSource === "aws:sqs" ? messageId : undefined]);
}

/** Whether an event is about objects: what else the source would take as lines is better taken as the log that it is. */
function namesObjects(event: unknown): boolean {
  return objectWork(event).some((part) => "object" in part || "dropped" in part);
}

function isFirehose({ deliveryStreamArn, records }: Json): boolean {
  return typeof deliveryStreamArn === "string" && holdsOnly(records, ({ data, recordId }) => [data, recordId]);
}

function isKinesis({ Records }: Json): boolean {
  return holdsOnly(Records, ({ kinesis, eventSourceARN, eventID }) => {
    const { data, sequenceNumber } = asObject(kinesis) ?? {};
    return [data, sequenceNumber, eventSourceARN, eventID];
  });
}

/** Whether a list has elements, all with texts for these members. */
function holdsOnly(list: unknown, membersOf: (element: Json) => readonly unknown[]): boolean {
  if (!Array.isArray(list) || list.length === 0) return false;
  return list.every((element) => membersOf(asObject(element) ?? {}).every((member) => typeof member === "string"));
}

function asObject(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}
