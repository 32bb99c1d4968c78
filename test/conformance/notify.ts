import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { pagerDutyChannel } from "@belfry/core/alerts/channels/pagerduty";
import {
  MAX_DEDUP_KEY,
  MAX_EVENT_BYTES,
  MAX_SUMMARY,
  type PagerDutyEvent,
  withinLimits,
} from "@belfry/core/alerts/channels/pagerduty-event";
import { isSlackRequest } from "@belfry/core/alerts/channels/slack-request";
import { type ChannelConfigOf, Channels } from "@belfry/core/config/channels/schema";
import type { Notification } from "@belfry/core/event/notification";
import { BelfryError } from "@belfry/core/platform/errors";
import type { SendHttp } from "@belfry/core/platform/http";
import { cachedSecrets } from "@belfry/core/platform/secrets-client";
import { notificationOf } from "../support/notifications.ts";
import type { Score } from "./score.ts";

/** One thing that must hold. */
interface Check {
  readonly name: string;
  readonly holds: boolean;
}

/** Scores a file of requests signed by Slack, or of PagerDuty's events and limits; a reason when it is neither. */
export async function scoreNotify(path: string, set: string): Promise<Score | string> {
  const content = JSON.parse(await readFile(path, "utf8")) as Readonly<Record<string, unknown>>;
  const checks = await checksOf(content);
  if (typeof checks === "string") return checks;
  const passed = checks.filter(({ holds }) => holds).length;
  return {
    set,
    source: basename(path, ".json"),
    cases: checks.length,
    passed,
    score: passed / checks.length,
    failures: checks.filter(({ holds }) => !holds).map(({ name }) => name),
  };
}

async function checksOf(content: Readonly<Record<string, unknown>>): Promise<readonly Check[] | string> {
  if (isListWith<SlackCase>(content.cases, "signingSecret")) return content.cases.flatMap(slackChecks);
  if (isListWith<PagerDutyEvent>(content.examples, "event_action")) {
    const limits = (content.limits ?? {}) as Limits;
    return [...content.examples.map(exampleCheck), ...limitChecks(limits), ...(await answerChecks(limits))];
  }
  if (isListWith(content.bodies, "body")) return "Opsgenie is no channel of Belfry: it ends in April 2027";
  return "not a file of a known shape";
}

function isListWith<T>(value: unknown, member: string): value is readonly T[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => Object.hasOwn(item as object, member));
}

interface SlackCase {
  readonly signingSecret: string;
  readonly timestamp: string;
  readonly body: string;
  readonly signature: string;
  readonly maxAgeSec?: number;
  readonly valid?: boolean;
}

/** The request is taken in its time and not after it, and not when a byte of it is another. */
function slackChecks(testCase: SlackCase, at: number): Check[] {
  const { signingSecret, timestamp, body, signature, maxAgeSec = 300, valid = true } = testCase;
  const taken = (changes: Partial<SlackCase>, ageSec: number) => {
    const clock = { now: () => (Number(timestamp) + ageSec) * 1000 };
    return isSlackRequest({ timestamp, body, signature, ...changes }, signingSecret, clock);
  };
  return [
    { name: `${at}: in its time`, holds: taken({}, maxAgeSec - 1) === valid },
    { name: `${at}: too old`, holds: !taken({}, maxAgeSec + 1) },
    { name: `${at}: another body`, holds: !taken({ body: `${body} ` }, 0) },
    { name: `${at}: another time`, holds: !taken({ timestamp: String(Number(timestamp) + 1) }, 0) },
  ];
}

interface Limits {
  readonly dedup_key?: number;
  readonly "payload.summary"?: number;
  readonly bodyBytes?: number;
  readonly severity?: readonly string[];
  readonly event_action?: readonly string[];
  readonly success?: number;
  readonly retry?: readonly (number | string)[];
}

/** An event that PagerDuty documents is within the limits, and so stays as it is. */
function exampleCheck(event: PagerDutyEvent, at: number): Check {
  return { name: `example ${at}`, holds: isDeepStrictEqual(withinLimits(event), event) };
}

function limitChecks(limits: Limits): Check[] {
  const long = (length: number) => "é".repeat(length * 2);
  const huge = withinLimits({
    routing_key: "key",
    event_action: "trigger",
    dedup_key: long(MAX_DEDUP_KEY),
    payload: {
      summary: long(MAX_SUMMARY),
      source: "x",
      severity: "error",
      custom_details: { text: long(MAX_EVENT_BYTES) },
    },
  });
  const check = (name: string, limit: number | undefined, actual: number): Check[] =>
    limit === undefined ? [] : [{ name, holds: actual <= limit && actual > 0 }];
  return [
    ...check("dedup_key", limits.dedup_key, huge.dedup_key?.length ?? 0),
    ...check("payload.summary", limits["payload.summary"], huge.payload?.summary.length ?? 0),
    ...check("bodyBytes", limits.bodyBytes, Buffer.byteLength(JSON.stringify(huge))),
  ];
}

/** What the channel sends is of these words, and it comes back after these answers. */
async function answerChecks({ severity, event_action, success, retry }: Limits): Promise<Check[]> {
  const sent = await Promise.all(notifications().map(async (notification) => (await deliver(notification, 202)).event));
  const among = (name: string, words: readonly string[] | undefined, used: readonly (string | undefined)[]): Check[] =>
    words === undefined ? [] : [{ name, holds: used.every((word) => word === undefined || words.includes(word)) }];
  const answers = (retry ?? []).map(async (answer): Promise<Check> => {
    const status = answer === "network" ? undefined : answer === "5xx" ? 503 : Number(answer);
    const { outcome } = await deliver(notificationOf(), status);
    return { name: `after ${answer}`, holds: outcome === "retry" };
  });
  const taken = success === undefined ? [] : [await deliver(notificationOf(), success)];
  return [
    ...among(
      "severity",
      severity,
      sent.map((event) => event.payload?.severity),
    ),
    ...among(
      "event_action",
      event_action,
      sent.map((event) => event.event_action),
    ),
    ...taken.map(({ outcome }) => ({ name: "success", holds: outcome === "delivered" })),
    ...(await Promise.all(answers)),
  ];
}

function notifications(): Notification[] {
  const statuses = ["open", "acknowledged", "snoozed", "resolved"] as const;
  return statuses.map((status, at) => notificationOf({ status, kind: at === 0 ? "opened" : "updated" }, at));
}

/** One delivery to a PagerDuty that gives this answer, or none. */
async function deliver(notification: Notification, status: number | undefined) {
  const clock = { now: () => notification.at };
  const events: PagerDutyEvent[] = [];
  const send: SendHttp = async ({ body = Buffer.alloc(0) }) => {
    events.push(JSON.parse(Buffer.from(body).toString("utf8")));
    if (status === undefined) throw new BelfryError("UNAVAILABLE", "no answer", { retryable: true });
    return { status, body: Buffer.from("{}") };
  };
  const config = Channels.parse({ pager: { type: "pagerduty", routingKey: "env:KEY" } }).pager;
  const channel = pagerDutyChannel("pager", config as ChannelConfigOf<"pagerduty">, {
    sendTo: () => send,
    secrets: cachedSecrets(async () => "key", clock),
    clock,
  });
  const context = { attempt: "first", signal: new AbortController().signal } as const;
  const { outcome } = await channel.deliver(notification, undefined, context);
  return { outcome, event: events[0] as PagerDutyEvent };
}
