import { lambdaEventOf } from "@belfry/local/runtime/lambda-event";
import { describe, expect, it } from "vitest";

const s3Record = {
  eventSource: "aws:s3",
  eventName: "ObjectCreated:Put",
  s3: { bucket: { name: "b" }, object: { key: "k" } },
};
const kinesisRecord = {
  kinesis: { data: "eA==", sequenceNumber: "1" },
  eventSourceARN: "arn:aws:kinesis:r:1:stream/s",
  eventID: "shard:1",
};

describe("recognizing events by their shape", () => {
  it.each([
    ["subscription", { awslogs: { data: "H4sI" } }],
    ["kinesis", { Records: [kinesisRecord] }],
    ["firehose", { deliveryStreamArn: "arn", records: [{ recordId: "1", data: "eA==" }] }],
    ["s3-object", { Records: [s3Record] }],
    ["s3-object", { Records: [{ eventSource: "aws:sqs", messageId: "1", body: "a log line" }] }],
    ["s3-object", { Records: [{ EventSource: "aws:sns", Sns: { Message: JSON.stringify({ Records: [s3Record] }) } }] }],
    [
      "s3-object",
      { source: "aws.s3", "detail-type": "Object Created", detail: { bucket: { name: "b" }, object: { key: "k" } } },
    ],
    ["s3-object", { Event: "s3:TestEvent", Service: "Amazon S3" }],
  ])("takes %s: %j", (kind, event) => {
    expect(lambdaEventOf(event)).toEqual({ kind, event });
  });

  it.each([
    [{ Records: [] }],
    [{ Records: [{ eventName: "INSERT", dynamodb: {} }] }],
    [{ Records: [{ kinesis: { data: "eA==", sequenceNumber: "1" } }] }],
    [{ Records: [{ Sns: { Message: "hello" } }] }],
    [{ deliveryStreamArn: "arn", records: [] }],
    [{ source: "aws.ec2", "detail-type": "EC2 Instance State-change Notification", detail: {} }],
    [{ message: "a log line" }],
    [[]],
    [null],
    ["text"],
  ])("leaves %j to be taken as logs", (value) => {
    expect(lambdaEventOf(value)).toBeUndefined();
  });
});
