import type { Alert } from "../../event/alert.ts";
import { consoleLink } from "../../event/console-link.ts";
import type { EventEnvelope } from "../../event/event-envelope.ts";
import { eventTime } from "../../event/event-time.ts";
import { memberAt, textAt } from "../../event/json-member.ts";
import { alertOf, line, localKey, type Statement } from "./statement.ts";

/**
 * A canary's run, or its own state. Both have the canary's id as their key: a run that fails fires, and the next that passes resolves; a canary in
 * ERROR fires, one that is RUNNING or READY resolves. Events come with best effort.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitoring-events-eventbridge.html
 */
export function syntheticsAlert(event: EventEnvelope): Alert {
  const { detail, region } = event;
  const name = textAt(detail, "canary-name") ?? "canary";
  const key = `${event.source}#${textAt(detail, "canary-id") ?? localKey(event, name)}`;
  const artifacts = textAt(detail, "artifact-location");
  const said = event.detailType.includes("TestRun") ? run(event, key) : canary(event, key);
  return alertOf(event, {
    ...said,
    key,
    labels: { account: textAt(detail, "account-id") ?? event.account, canary: name, resource: name },
    links: [
      ...consoleLink("Canary", region, `cloudwatch/home#synthetics:canary/detail/${encodeURIComponent(name)}`),
      ...(artifacts === undefined ? [] : consoleLink("Screenshots and logs", region, bucketPath(artifacts))),
    ],
  });
}

type Said = Omit<Statement, "key">;

function run({ detail }: EventEnvelope, key: string): Said {
  const name = textAt(detail, "canary-name") ?? "canary";
  const runId = textAt(detail, "canary-run-id");
  const completed = eventTime(memberAt(detail, "canary-run-timeline", "completed"));
  const hasPassed = textAt(detail, "test-run-status") === "PASSED";
  return {
    ...(runId === undefined ? {} : { deliveryId: `${key}#${runId}` }),
    ...(completed === undefined ? {} : { version: completed }),
    status: hasPassed ? "resolved" : "firing",
    severity: "error",
    title: `Canary ${name}: run ${hasPassed ? "passed" : "failed"}`,
    // The reason is JSON text within the event.
    description: [textAt(detail, "state-reason")?.replace(/^"|"$/g, "").trim(), textAt(detail, "message")],
  };
}

function canary({ detail }: EventEnvelope, key: string): Said {
  const state = textAt(detail, "current-state") ?? "unknown";
  const updated = eventTime(detail["updated-on"]);
  const status = state === "ERROR" ? "firing" : state === "RUNNING" || state === "READY" ? "resolved" : "unknown";
  const before = textAt(detail, "previous-state");
  return {
    ...(updated === undefined ? {} : { version: updated, deliveryId: `${key}#${updated}#${state}` }),
    status,
    severity: state === "ERROR" ? "error" : "info",
    title: `Canary ${textAt(detail, "canary-name") ?? ""} is ${state.toLowerCase()}`,
    description: [textAt(detail, "message"), line("Before:", before?.toLowerCase())],
  };
}

function bucketPath(location: string): string {
  const [bucket = "", ...prefix] = location.replace(/^s3:\/\//, "").split("/");
  return `s3/buckets/${bucket}?prefix=${encodeURIComponent(`${prefix.join("/")}/`)}`;
}
