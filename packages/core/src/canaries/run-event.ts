import { createHash } from "node:crypto";
import type { Severity } from "../event/alert.ts";
import type { RunReport } from "./report.ts";
import { isOwnFault } from "./run-metrics.ts";

/** Where a canary ran, and what watches it. */
export interface RunPlace {
  readonly account: string;
  /** Where the files of the run are. */
  readonly bucket: string;
  /** The alarm on the canary's metric, which tells people of it; absent where there is none, so that its events do. */
  readonly alarmName?: string;
  /** How bad it is when the canary fails. */
  readonly severity: Severity;
}

/** An event for a bus of EventBridge. */
export interface RunEvent {
  readonly source: "belfry.canary";
  readonly detailType: "Synthetics Canary TestRun Failure" | "Synthetics Canary TestRun Successful";
  readonly timeMs: number;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An event has 256 KB for all. */
const MAX_REASON_LENGTH = 2000;

/**
 * The event of a run, with the members of CloudWatch Synthetics' own events and, besides, why it failed, in which step, and the picture of it. Its region is in the detail, because the bus may
 * be in another. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitoring-events-eventbridge.html
 */
export function runEvent(report: RunReport, place: RunPlace): RunEvent {
  const { canary, region, runId, startedMs, endedMs, failure, artifactPrefix, traceId } = report;
  const step = report.steps.find(({ status }) => status === "failed")?.name;
  const picture = failure === undefined ? undefined : screenshotOf(report, step);
  return {
    source: "belfry.canary",
    detailType: `Synthetics Canary TestRun ${failure === undefined ? "Successful" : "Failure"}`,
    timeMs: endedMs,
    detail: {
      "account-id": place.account,
      region,
      "canary-id": canaryId(place.account, region, canary),
      "canary-name": canary,
      "canary-run-id": runId,
      "canary-kind": report.kind,
      "artifact-location": `${place.bucket}/${artifactPrefix.replace(/\/$/, "")}`,
      // Seconds, as AWS writes them, with their thousandths.
      "canary-run-timeline": { started: startedMs / 1000, completed: endedMs / 1000 },
      "test-run-status": failure === undefined ? "PASSED" : "FAILED",
      "state-reason": failure === undefined ? "null" : failure.message.slice(0, MAX_REASON_LENGTH),
      outcome: report.outcome,
      ...(failure === undefined ? {} : { "failure-class": failure.class }),
      ...(step === undefined ? {} : { "failed-step": step }),
      ...(picture === undefined ? {} : { screenshot: artifactPrefix + picture }),
      severity: isOwnFault(report) ? "warning" : place.severity,
      ...(place.alarmName === undefined ? {} : { "alarm-name": place.alarmName }),
      ...(traceId === undefined ? {} : { "trace-id": traceId }),
    },
  };
}

/** The last picture of the step that failed; of the run, where that has none. */
function screenshotOf({ artifacts }: RunReport, step: string | undefined): string | undefined {
  const pictures = artifacts.filter(({ contentType }) => contentType.startsWith("image/"));
  return (pictures.findLast((picture) => picture.step === step) ?? pictures.at(-1))?.name;
}

/** The same for all runs of a canary, in a UUID's form. */
function canaryId(account: string, region: string, canary: string): string {
  const hex = createHash("sha256").update(`${account}#${region}#${canary}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
