import { sqsSender } from "@belfry/core/platform/queue-client";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type AwsEndpoint, awsEndpoint } from "../../../support/aws-endpoint.ts";

const signal = new AbortController().signal;
const HEADER = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
let aws: AwsEndpoint;
let url: string;

beforeAll(async () => {
  aws = await awsEndpoint();
  url = `${process.env.AWS_ENDPOINT_URL}/111122223333/timers`;
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.calls.length = 0;
});

it("sends messages with their delays and the trace, and says which were not taken", async () => {
  aws.answers.push({ body: { Successful: [], Failed: [{ Id: "1", Code: "InternalError", SenderFault: false }] } });
  const messages = [
    { body: "a", delayS: 0 },
    { body: "b", delayS: 900 },
  ];
  expect(await sqsSender(url, HEADER)(messages, signal)).toEqual([undefined, "InternalError"]);
  const MessageSystemAttributes = { AWSTraceHeader: { DataType: "String", StringValue: HEADER } };
  expect(aws.calls).toEqual([
    [
      "SendMessageBatch",
      {
        QueueUrl: url,
        Entries: [
          { Id: "0", MessageBody: "a", DelaySeconds: 0, MessageSystemAttributes },
          { Id: "1", MessageBody: "b", DelaySeconds: 900, MessageSystemAttributes },
        ],
      },
    ],
  ]);
});

it("sends no trace header where nothing is traced, and raises what fails as a whole", async () => {
  aws.answers.push({ body: {} }, { status: 400, body: { __type: "AWS.SimpleQueueService.NonExistentQueue" } });
  await sqsSender(url)([{ body: "a", delayS: 0 }], signal);
  expect(JSON.stringify(aws.calls)).not.toContain("AWSTraceHeader");
  await expect(sqsSender(url)([{ body: "a", delayS: 0 }], signal)).rejects.toMatchObject({ action: "sqs:SendMessage" });
});
