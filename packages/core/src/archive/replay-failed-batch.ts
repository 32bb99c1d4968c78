import type { KinesisStreamRecord } from "aws-lambda";
import { kinesisItem } from "../event/kinesis-item.ts";
import type { ReplayPart } from "../event/replay-payload.ts";
import { BelfryError } from "../platform/errors.ts";

type Json = Record<string, unknown>;

/**
 * The delivery items in a record of a failed invocation, as Lambda writes it to an S3 on-failure destination: of a stream's event source mapping,
 * where `payload` holds the whole event as text, or of an asynchronous invocation by a subscription filter, where `requestPayload` holds it. Their ids are those
 * of the first delivery. Raises BAD_PAYLOAD for anything else.
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function failedBatchParts(text: string): ReplayPart[] {
  const record = asObject(parsed(text));
  const payload = record?.payload;
  const event = asObject(typeof payload === "string" ? parsed(payload) : (payload ?? record?.requestPayload));
  if (Array.isArray(event?.Records) && event.Records.length > 0 && event.Records.every(isStreamRecord)) {
    return event.Records.map(streamPart);
  }
  const data = asObject(event?.awslogs)?.data;
  if (record !== undefined && typeof data === "string") return [subscriptionPart(record, data)];
  const what = payload === undefined && record?.KinesisBatchInfo !== undefined ? "it has no payload" : "no known event";
  throw new BelfryError("BAD_PAYLOAD", `no record of a failed invocation that brought logs: ${what}`);
}

function streamPart(record: KinesisStreamRecord): ReplayPart {
  const { item, data, carrier, arrivalTime } = kinesisItem(record);
  return itemPart({ key: item.id, origin: item.origin, carrier, time: arrivalTime }, data);
}

function subscriptionPart(record: Json, data: string): ReplayPart {
  const context = asObject(record.requestContext);
  const requestId = String(context?.requestId ?? "");
  // arn:aws:lambda:<region>:<account>:function:<name>
  const [, , , region = "", account = ""] = String(context?.functionArn ?? "").split(":");
  const time = Date.parse(String(record.timestamp));
  return itemPart(
    {
      key: requestId,
      origin: `subscription:${requestId}`,
      carrier: { name: "", region, account },
      ...(Number.isNaN(time) ? {} : { time }),
    },
    data,
  );
}

type ItemHead = Omit<Extract<ReplayPart, { kind: "item" }>, "kind" | "original" | "base64">;

/** Base64 is taken off where that loses nothing. */
function itemPart(head: ItemHead, data: string): ReplayPart {
  const bytes = Buffer.from(data, "base64");
  if (bytes.toString("base64") === data) return { kind: "item", ...head, original: bytes };
  return { kind: "item", ...head, base64: true, original: Buffer.from(data) };
}

function isStreamRecord(value: unknown): value is KinesisStreamRecord {
  const record = asObject(value);
  const kinesis = asObject(record?.kinesis);
  const texts = [kinesis?.data, kinesis?.sequenceNumber, record?.eventID, record?.eventSourceARN, record?.awsRegion];
  return texts.every((text) => typeof text === "string");
}

function asObject(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BelfryError("BAD_PAYLOAD", "a record of a failed invocation is not JSON", { cause });
  }
}
