import { awsCall } from "./aws-call.ts";
import { perRegion, settings } from "./clients.ts";

/** One message, in text and in HTML; names and values of headers are ASCII. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly configurationSet?: string;
}

/** Gives a message to SES and answers its id. Raises AwsCallError when it was not, or may not have been, taken. */
export type SendMail = (mail: Mail, signal: AbortSignal) => Promise<string>;

/** One message for a topic's subscribers; the last two are for FIFO topics, which deliver what has one `deduplicationId` once in five minutes. */
export interface TopicMessage {
  readonly topicArn: string;
  /** ASCII, at most 100 characters. */
  readonly subject: string;
  readonly message: string;
  /** For the subscriptions' filter policies. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly groupId?: string;
  readonly deduplicationId?: string;
}

/** Gives a message to SNS and answers its id. Raises AwsCallError when it was not, or may not have been, taken. */
export type PublishMessage = (message: TopicMessage, signal: AbortSignal) => Promise<string>;

/** A page that has no answer by then is tried again, or told elsewhere. */
const REQUEST_TIMEOUT_MS = 10_000;

const sesClient = perRegion(async (region) => {
  const { SESv2Client } = await import("@aws-sdk/client-sesv2");
  return new SESv2Client(await settings(region));
});

const snsClient = perRegion(async (region) => {
  const { SNSClient } = await import("@aws-sdk/client-sns");
  return new SNSClient(await settings(region));
});

/** SendEmail of SES in a region, one attempt. */
export function sesSender(region?: string, timeoutMs = REQUEST_TIMEOUT_MS): SendMail {
  return async ({ from, to, subject, text, html, headers, configurationSet }, signal) => {
    const { SendEmailCommand } = await import("@aws-sdk/client-sesv2");
    const client = await sesClient(region);
    const command = new SendEmailCommand({
      FromEmailAddress: from,
      Destination: { ToAddresses: [...to] },
      Content: {
        Simple: {
          Subject: { Data: subject, Charset: "UTF-8" },
          Body: { Text: { Data: text, Charset: "UTF-8" }, Html: { Data: html, Charset: "UTF-8" } },
          Headers: headers.map(({ name, value }) => ({ Name: name, Value: value })),
        },
      },
      ...(configurationSet === undefined ? {} : { ConfigurationSetName: configurationSet }),
    });
    const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const { MessageId } = await awsCall("ses:SendEmail", () => client.send(command, { abortSignal }));
    return MessageId ?? "";
  };
}

/** Publish to SNS in a region, one attempt. */
export function snsPublisher(region?: string, timeoutMs = REQUEST_TIMEOUT_MS): PublishMessage {
  return async ({ topicArn, subject, message, attributes, groupId, deduplicationId }, signal) => {
    const { PublishCommand } = await import("@aws-sdk/client-sns");
    const client = await snsClient(region);
    const command = new PublishCommand({
      TopicArn: topicArn,
      Subject: subject,
      Message: message,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
      ),
      ...(groupId === undefined ? {} : { MessageGroupId: groupId }),
      ...(deduplicationId === undefined ? {} : { MessageDeduplicationId: deduplicationId }),
    });
    const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const { MessageId } = await awsCall("sns:Publish", () => client.send(command, { abortSignal }));
    return MessageId ?? "";
  };
}
