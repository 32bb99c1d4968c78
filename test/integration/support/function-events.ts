import {
  envelope,
  firehoseEvent,
  kinesisEvent,
  s3Event,
  sqsEvent,
  subscriptionEvent,
  zipped,
} from "../../support/events.ts";
import { archived } from "../../support/recording-aws.ts";

const LOGS = zipped(envelope(["2026-11-22T12:00:00Z WARN slow answer"], { logGroup: "/app/orders" }));
const BROKEN = LOGS.subarray(0, 40);

/** Events for each function, that together make it do all that it can: good ones and ones that end in quarantine. */
export const EVENTS: Readonly<Record<string, readonly unknown[]>> = {
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
