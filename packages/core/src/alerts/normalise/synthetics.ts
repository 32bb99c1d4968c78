import type { Alert, AlertLink, Severity } from "../../event/alert.ts";
import { consoleLink } from "../../event/console-link.ts";
import type { EventEnvelope } from "../../event/event-envelope.ts";
import { eventTime } from "../../event/event-time.ts";
import { type JsonObject, memberAt, textAt } from "../../event/json-member.ts";
import { alertOf, line, localKey, type Statement } from "./statement.ts";

/**
 * A canary's run, or its own state, of CloudWatch Synthetics or of Belfry's own runner. Both have the canary's id as their key: a run that fails fires, and the next that
 * passes resolves; a canary in ERROR fires, one that is RUNNING or READY resolves. Events come with best effort.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitoring-events-eventbridge.html
 */
export function syntheticsAlert(event: EventEnvelope): Alert {
  const { detail } = event;
  // Belfry's runner may be in another region than the bus that it tells.
  const region = textAt(detail, "region") ?? event.region;
  const name = textAt(detail, "canary-name") ?? "canary";
  const key = `${event.source}#${textAt(detail, "canary-id") ?? localKey(event, name)}`;
  const artifacts = textAt(detail, "artifact-location");
  const said = event.detailType.includes("TestRun") ? run(event, key) : canary(event, key);
  return alertOf(event, {
    ...said,
    key,
    labels: {
      account: textAt(detail, "account-id") ?? event.account,
      region,
      canary: name,
      resource: name,
      failure_class: textAt(detail, "failure-class"),
      step: textAt(detail, "failed-step"),
    },
    links: [
      ...screenshotLink(detail, region),
      ...(event.source === "aws.synthetics" ? managedLink(name, region) : []),
      ...(artifacts === undefined ? [] : consoleLink("Screenshots and logs", region, bucketPath(artifacts))),
    ],
  });
}

type Said = Omit<Statement, "key">;

const SEVERITIES: readonly Severity[] = ["critical", "error", "warning", "info"];

/** Faults of the watcher's own: nothing is known of what it watches. */
const FAILED: Readonly<Record<string, string>> = {
  browser: "its browser failed",
  canary: "it cannot run as it is written",
};

function run({ detail }: EventEnvelope, key: string): Said {
  const name = textAt(detail, "canary-name") ?? "canary";
  const runId = textAt(detail, "canary-run-id");
  const completed = eventTime(memberAt(detail, "canary-run-timeline", "completed"));
  const hasPassed = textAt(detail, "test-run-status") === "PASSED";
  const failureClass = textAt(detail, "failure-class") ?? "";
  return {
    ...(runId === undefined ? {} : { deliveryId: `${key}#${runId}` }),
    ...(completed === undefined ? {} : { version: completed }),
    status: hasPassed ? "resolved" : "firing",
    severity: SEVERITIES.find((severity) => severity === textAt(detail, "severity")) ?? "error",
    title: `Canary ${name}: ${hasPassed ? "run passed" : (FAILED[failureClass] ?? "run failed")}`,
    description: [
      // The reason is JSON text within AWS's event.
      hasPassed ? undefined : textAt(detail, "state-reason")?.replace(/^"|"$/g, "").trim(),
      line("Failure class:", failureClass),
      line("Step:", textAt(detail, "failed-step")),
      textAt(detail, "message"),
    ],
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

function managedLink(name: string, region: string): readonly AlertLink[] {
  return consoleLink("Canary", region, `cloudwatch/home#synthetics:canary/detail/${encodeURIComponent(name)}`);
}

/** The picture of the step that failed, where Belfry's runner took one; it lies in the bucket of the artifacts. */
function screenshotLink(detail: JsonObject, region: string): readonly AlertLink[] {
  const [key, location] = [textAt(detail, "screenshot"), textAt(detail, "artifact-location")];
  // On a laptop it lies in a folder, beside the other files of its run.
  if (key !== undefined && location?.startsWith("file:///"))
    return [{ title: "Screenshot", url: `${location}/${encodeURIComponent(key.slice(key.lastIndexOf("/") + 1))}` }];
  const [bucket = ""] = location?.replace(/^s3:\/\//, "").split("/") ?? [];
  if (key === undefined || bucket === "") return [];
  return consoleLink("Screenshot", region, `s3/object/${bucket}?prefix=${encodeURIComponent(key)}`);
}

function bucketPath(location: string): string {
  const [bucket = "", ...prefix] = location.replace(/^s3:\/\//, "").split("/");
  return `s3/buckets/${bucket}?prefix=${encodeURIComponent(`${prefix.join("/")}/`)}`;
}
