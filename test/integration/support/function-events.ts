import { withActionLinks } from "@belfry/core/alerts/channels/action-link";
import { eventOf } from "../../support/alert-events.ts";
import {
  envelope,
  firehoseEvent,
  kinesisEvent,
  s3Event,
  sqsEvent,
  subscriptionEvent,
  zipped,
} from "../../support/events.ts";
import { notificationOf } from "../../support/notifications.ts";
import { archived, SECRET } from "../../support/recording-aws.ts";

const LOGS = zipped(envelope(["2026-11-22T12:00:00Z WARN slow answer"], { logGroup: "/app/orders" }));
const BROKEN = LOGS.subarray(0, 40);

const NOON = "2026-11-22T12:00:00Z";

function alarmArn(name: string): string {
  return `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${name}`;
}

function alarm(name: string, value: string, more: object = {}): object {
  const time = value === "OK" ? "2026-11-22T12:10:00Z" : NOON;
  const detail = { alarmName: name, state: { value, timestamp: time }, ...more };
  return eventOf("aws.cloudwatch", "CloudWatch Alarm State Change", detail, { time, resources: [alarmArn(name)] });
}

/** One that is of an instance, which a corrective action restarts. */
const OF_INSTANCE = alarm("checkout-5xx", "ALARM", {
  configuration: {
    metrics: [{ metricStat: { metric: { name: "5xx", dimensions: { InstanceId: "i-0abcdef1234567890" } } } }],
  },
});

/** One that CloudWatch is to be asked about, since its events are not muted. */
const MUTED = alarm("muted", "ALARM", {
  muteDetail: { mutedByArn: "arn:rule", muteWindowEnd: "2099-01-01T00:00:00Z" },
});

/** The first of two pages, so that it waits for the second. */
const HEALTH = eventOf("aws.health", "AWS Health Event", {
  eventArn: "arn:aws:health:eu-west-1::event/RDS/AWS_RDS_OPERATIONAL_ISSUE/1",
  service: "RDS",
  eventTypeCode: "AWS_RDS_OPERATIONAL_ISSUE",
  eventTypeCategory: "issue",
  communicationId: "c-1",
  page: "1",
  totalPages: "2",
});

function due(kind: string, key: string): object {
  return { kind, key, at: 0 };
}

function messages(...contents: readonly object[]): unknown {
  return sqsEvent(contents.map((content) => JSON.stringify(content)));
}

function request(method: string, headers: Readonly<Record<string, string>>): object {
  return { version: "2.0", rawQueryString: "token=a.b", headers, requestContext: { http: { method } }, body: "" };
}

/** What events may depend on. */
interface Seen {
  /** All that is stored in tables, as JSON: functions work on what others have stored. */
  readonly stored: string;
  /** The function's own policy, as JSON. */
  readonly policy: string;
}

/** What alert-intake has stored of the muted alarm, due by now. */
function recheckOf(stored: string): object {
  const [, key = ""] = /"kind":\{"S":"recheck"\},"key":\{"S":("(?:[^"\\]|\\.)*")\}/.exec(stored) ?? [];
  return { ...due("recheck", JSON.parse(key)), alertKey: alarmArn("muted") };
}

/** What the alarms that alert-intake has stored ask for. */
function correctionsIn(stored: string): string[] {
  return [...stored.matchAll(/"kind":\{"S":"correction"\},"key":\{"S":"([0-9a-f]{32})"\}/g)].map(([, key = ""]) => key);
}

/** Links of the first incident that is stored. */
function linksOf({ stored }: Seen): URL[] {
  const [, incidentKey = ""] = /handle\\":\\"([0-9a-f]{16})/.exec(stored) ?? [];
  const notification = { ...notificationOf(), incidentKey, at: Date.now() };
  const { actions } = withActionLinks(notification, "mail", { endpoint: "https://x.example/", secret: SECRET });
  return actions.flatMap(({ url }) => (url === undefined ? [] : new URL(url)));
}

function click(link: URL, method: "GET" | "POST"): object {
  const rawQueryString = link.search.slice(1);
  return { ...request(method, {}), ...(method === "GET" ? { rawQueryString } : { body: rawQueryString }) };
}

/** Events for each function, that together make it do all that it can: good ones and ones that end in quarantine. */
export const EVENTS: Readonly<Record<string, readonly unknown[] | ((seen: Seen) => readonly unknown[])>> = {
  "ingest-kinesis": [kinesisEvent([LOGS, BROKEN])],
  "ingest-subscription": [subscriptionEvent(LOGS), subscriptionEvent(BROKEN)],
  "ingest-s3-object": [
    sqsEvent([
      JSON.stringify(s3Event([{ bucket: "alb-logs-1", key: "app.log" }])),
      JSON.stringify(s3Event([{ bucket: "alb-logs-1", key: "app.log", version: "v1" }])),
      JSON.stringify(s3Event([{ bucket: "alb-logs-1", key: "broken.gz" }])),
    ]),
  ],
  "transform-firehose": [firehoseEvent([LOGS, BROKEN])],
  "process-send-orders": [subscriptionEvent(LOGS), subscriptionEvent(BROKEN)],
  "archive-replay": [
    { from: "archive" },
    { from: "archive", prefix: "direct/" },
    { from: "quarantine" },
    { from: "failed-batches" },
  ],
  "archive-export": [{ run: "arn:aws:states:eu-west-1:111122223333:execution:belfry-test-export:1" }],
  "logs-retention": [{}],
  "search-setup": [{}],
  "alert-intake": [
    messages(alarm("orders-5xx", "ALARM"), OF_INSTANCE, alarm("cart-5xx", "ALARM"), MUTED, HEALTH),
    messages(alarm("orders-5xx", "OK")),
  ],
  "alert-timer": ({ policy, stored }) => [
    { sweep: true },
    messages(due("group", "g"), due("incident", "i"), due("outbox", "inbox")),
    ...(policy.includes("-corrections") ? [messages(due("correction", "c"))] : []),
    messages(recheckOf(stored)),
  ],
  // What alert-intake has stored.
  "alert-send": ["slack", "chat", "pager", "teams", "mail", "topic", "notify", "hook", "inbox"].map((channel) =>
    messages(due("outbox", channel)),
  ),
  "alert-respond": (seen) => [
    ...linksOf(seen).flatMap((link) => [click(link, "GET"), click(link, "POST")]),
    request("GET", { "x-slack-signature": "" }),
    request("POST", { "x-slack-signature": "v0=00" }),
  ],
  "alert-correct": ({ stored }) => correctionsIn(stored).map((key) => messages(due("correction", key))),
  "alarm-action": [
    {
      source: "aws.cloudwatch",
      alarmArn: alarmArn("by-action"),
      time: NOON,
      alarmData: { alarmName: "by-action", state: { value: "ALARM", timestamp: NOON } },
    },
  ],
  // Where nobody answers, a run ends soon; its files, its event and its secrets are the same.
  "canary-run": ["answer", "orders", "names"].map((canary) => ({ canary })),
  "canary-browse": ["page", "look"].map((canary) => ({ canary })),
  "canary-script-checkout": [{ canary: "checkout" }],
  "health-back-fill": ({ policy }) => [{ hours: 24, organization: policy.includes("ForOrganization") }],
};

const ARCHIVED = {
  "@timestamp": "2026-11-22T12:00:00.000Z",
  belfry: { id: "0123456789abcdef0123456789abcdef" },
  message: "a line",
  event: { dataset: "app.text" },
};

/** What the functions find in S3. */
export const OBJECTS: Readonly<Record<string, Buffer>> = {
  "alb-logs-1/app.log": Buffer.from("2026-11-22T12:00:00Z WARN slow answer\n"),
  "alb-logs-1/broken.gz": BROKEN,
  "belfry-test-archive-111122223333-eu-west-1/logs/dt=2026-11-22/hour=12/a.ndjson.gz": archived([ARCHIVED]),
  "belfry-test-archive-111122223333-eu-west-1/direct/dt=2026-11-22/hour=12/a.ndjson.gz": archived([ARCHIVED]),
  "belfry-test-failures-111122223333-eu-west-1/quarantine/reason=x/dt=2026-11-22/hour=12/a.ndjson.gz": archived([]),
  "belfry-test-failures-111122223333-eu-west-1/aws/lambda/a/shardId-0/2026/11/22/a": Buffer.from("{}"),
};
