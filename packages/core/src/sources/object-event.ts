import { createHash } from "node:crypto";
import type { DeliveryItem } from "../event/payload.ts";

/** One object that an event names. */
export interface ObjectRef {
  readonly bucket: string;
  /** Decoded key. */
  readonly key: string;
  /** Version id, else the ETag: what is the same on every delivery and changes when the object does. */
  readonly version: string;
  /** The version id alone, to read that very version. */
  readonly versionId?: string;
  readonly region: string;
}

/** What one message or event holds: objects to read, bytes to take as they are, or something to drop by a named rule. */
export type ObjectWork =
  | { readonly item: DeliveryItem; readonly object: ObjectRef }
  | { readonly item: DeliveryItem; readonly body: string }
  | { readonly item: DeliveryItem; readonly dropped: string; readonly body: string };

/** The rule that drops S3's message on the set-up of a notification. */
const TEST_RULE = "s3-test-event";
/** The rule that drops events about objects that do not bring one: removal, expiry, restore. */
const NOT_CREATED_RULE = "s3-event-other-than-created";

type Json = Record<string, unknown>;

/**
 * The work in an event that may name objects: S3's own, EventBridge's, SNS's, or SQS messages that wrap any of these. A message that names
 * no object is taken as log lines itself. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function objectWork(event: unknown): ObjectWork[] {
  const records = arrayOf(asObject(event)?.["Records"]);
  const messages = records.filter((record) => text(record, "eventSource") === "aws:sqs");
  if (messages.length > 0) return messages.flatMap(workOfMessage);
  const id = directId(event);
  const item = { id, origin: `s3-event:${id}` };
  return orLines(workOf(event, item), item, JSON.stringify(event));
}

/** What names no object is log lines itself: nothing that came may vanish. */
function orLines(work: ObjectWork[], item: DeliveryItem, body: string): ObjectWork[] {
  return work.length > 0 ? work : [{ item, body }];
}

function workOfMessage(message: Json): ObjectWork[] {
  const id = text(message, "messageId");
  const item = { id, origin: `sqs:${text(message, "eventSourceARN").split(":").at(-1)}:${id}` };
  const body = text(message, "body");
  return orLines(workOf(parse(body), item), item, body);
}

function workOf(event: unknown, item: DeliveryItem): ObjectWork[] {
  const envelope = asObject(event);
  if (envelope === undefined) return [];
  if (envelope["Event"] === "s3:TestEvent") return [{ item, dropped: TEST_RULE, body: JSON.stringify(event) }];
  if (envelope["source"] === "aws.s3") return [workOfBusEvent(envelope, item)];
  if (envelope["Type"] === "Notification") return workOfText(text(envelope, "Message"), item);
  const records = arrayOf(envelope["Records"]);
  if (!records.some((record) => "Sns" in record || "s3" in record)) return [];
  return records.flatMap((record): ObjectWork[] => {
    const notification = asObject(record["Sns"]);
    if (notification !== undefined) return workOfText(text(notification, "Message"), item);
    return "s3" in record ? [workOfRecord(record, item)] : [{ item, body: JSON.stringify(record) }];
  });
}

function workOfText(message: string, item: DeliveryItem): ObjectWork[] {
  return orLines(workOf(parse(message), item), item, message);
}

function workOfRecord(record: Json, item: DeliveryItem): ObjectWork {
  const name = text(record, "eventName");
  if (!/^(s3:)?(ObjectCreated|TestEvent)/.test(name))
    return { item, dropped: NOT_CREATED_RULE, body: JSON.stringify(record) };
  const s3 = asObject(record["s3"]);
  const object = asObject(s3?.["object"]);
  return {
    item,
    object: {
      bucket: text(asObject(s3?.["bucket"]), "name"),
      key: decodeKey(text(object, "key")),
      ...versionOf(text(object, "versionId"), text(object, "eTag")),
      region: text(record, "awsRegion"),
    },
  };
}

function workOfBusEvent(event: Json, item: DeliveryItem): ObjectWork {
  if (event["detail-type"] !== "Object Created")
    return { item, dropped: NOT_CREATED_RULE, body: JSON.stringify(event) };
  const detail = asObject(event["detail"]);
  const object = asObject(detail?.["object"]);
  return {
    item,
    object: {
      bucket: text(asObject(detail?.["bucket"]), "name"),
      key: text(object, "key"),
      ...versionOf(text(object, "version-id"), text(object, "etag")),
      region: text(event, "region"),
    },
  };
}

function versionOf(versionId: string, etag: string): Pick<ObjectRef, "version" | "versionId"> {
  return versionId === "" ? { version: etag } : { version: versionId, versionId };
}

/** Keys in S3's own events are URL-encoded, with + for a space. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch (error) {
    if (error instanceof URIError) return key;
    throw error;
  }
}

/** An event that Lambda got directly has no id of its own, so it is the hash of what it says. */
function directId(event: unknown): string {
  const id = text(asObject(event), "id");
  return id || createHash("sha256").update(JSON.stringify(event)).digest("hex").slice(0, 32);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function asObject(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function arrayOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(asObject).filter((element) => element !== undefined) : [];
}

function text(value: Json | undefined, key: string): string {
  const member = value?.[key];
  return typeof member === "string" ? member : "";
}
