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
