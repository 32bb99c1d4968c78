import type { Alert } from "../../event/alert.ts";
import { contentId, type EventEnvelope } from "../../event/event-envelope.ts";
import { eventTime } from "../../event/event-time.ts";
import { isObject, type JsonObject, objectOf, parsedJson, textAt, textOf } from "../../event/json-member.ts";
import { descriptionOf } from "./generic.ts";
import { stateMeaning } from "./state-words.ts";
import { alertOf, DAY_MS } from "./statement.ts";

const MAX_TITLE_LENGTH = 120;

/** A fault in a sentence; a state of one word is read by `stateMeaning`. */
const FAULT = /\b(fail(ed|ure|s)?|errors?|alarm|critical|fatal|down|timed out)\b/i;

/**
 * A message of an SNS topic that is no event: text for people, or JSON of a service of its own. The key is the topic and what the message is about:
 * the resource that AWS Backup names, or its subject. Its state is in the message attributes, or in words.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export function snsTextAlert(sns: JsonObject, nowMs: number): Alert {
  const topic = textAt(sns, "TopicArn") ?? "sns";
  const [, , , region = "", account = ""] = topic.split(":");
  const text = textAt(sns, "Message") ?? "";
  const document = parsedJson(text);
  const attributes = attributesOf(sns);
  const subject = textAt(sns, "Subject");
  const content = isObject(document) ? document : {};
  const firstLine = isObject(document) ? namedLine(document) : text.split("\n").find((line) => line.trim() !== "");
  const about = /resource arn\s*:\s*(arn:[^\s,]+[^\s,.])/i.exec(text)?.[1] ?? sourceOf(content);
  const state = attributes.State ?? attributes.Status;
  const meaning = (state === undefined ? undefined : stateMeaning(state)) ?? {
    status: "firing" as const,
    severity: FAULT.test(`${subject} ${firstLine}`) ? ("error" as const) : ("info" as const),
  };
  const title = [subject, firstLine].filter((part) => part !== undefined && part !== "").join(": ");
  return alertOf(envelopeOf(sns, { account, region }, nowMs), {
    key: [topic, ...(about === undefined ? [subject ?? firstLine ?? ""] : [about])].join("#"),
    ...meaning,
    title: title === "" ? `Message of ${topic.split(":").at(-1)}` : title.slice(0, MAX_TITLE_LENGTH),
    description: isObject(document) ? descriptionOf(document) : [text],
    labels: { topic: topic.split(":").at(-1), resource: about, state },
    expiresAfterMs: DAY_MS,
  });
}

function envelopeOf(sns: JsonObject, place: { account: string; region: string }, nowMs: number): EventEnvelope {
  const timeMs = eventTime(sns.Timestamp) ?? nowMs;
  return {
    // Samples have the same id in several records; real ids differ.
    id: `${textAt(sns, "MessageId") ?? "sns"}#${contentId([sns.Subject, sns.Message, sns.MessageAttributes])}`,
    source: "aws.sns",
    detailType: "Notification",
    ...place,
    timeMs,
    resources: [],
    detail: {},
    replayed: false,
    raw: { source: "aws.sns", "detail-type": "Notification", ...place, detail: sns },
  };
}

function attributesOf(sns: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectOf(sns.MessageAttributes)).flatMap(([name, attribute]) => {
      const value = textAt(attribute, "Value");
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** A line of a document that reads as one: its message, however it is called. */
function namedLine(document: JsonObject): string | undefined {
  const [, value] = Object.entries(document).find(([name]) => /message|title|summary|subject/i.test(name)) ?? [];
  return textOf(value);
}

function sourceOf(document: JsonObject): string | undefined {
  const [, value] =
    Object.entries(document).find(([name]) => /^(source|resource)[ _-]?(id|arn|identifier)$/i.test(name)) ?? [];
  return textOf(value);
}
