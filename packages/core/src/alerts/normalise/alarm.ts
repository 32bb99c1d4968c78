import type { Alert, AlertLink, AlertStatus, Severity, Suppression } from "../../event/alert.ts";
import { consoleLink } from "../../event/console-link.ts";
import type { EventEnvelope } from "../../event/event-envelope.ts";
import { eventTime } from "../../event/event-time.ts";
import { type JsonObject, memberAt, textAt } from "../../event/json-member.ts";
import { type AlarmMetric, type AlarmStatement, alarmStatement, taggedSeverity } from "./alarm-statement.ts";
import { alertOf, labelName, line, saidLink } from "./statement.ts";

const STATUS: Readonly<Record<AlarmStatement["state"], AlertStatus>> = {
  ALARM: "firing",
  OK: "resolved",
  INSUFFICIENT_DATA: "unknown",
};

/**
 * A CloudWatch alarm's state, or a contributor's, or a change of its configuration. The key is the alarm's ARN, with the contributor's id; the
 * version is the time of the state. OK resolves; INSUFFICIENT_DATA is unknown; a deleted alarm resolves. CloudWatch's mutes and suppressors hold back
 * its own actions, but not these events: they are in `suppression`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export function alarmAlert(event: EventEnvelope): Alert {
  const alarm = alarmStatement(event);
  const { arn, name, contributor } = alarm;
  const [, , , region = "", account = ""] = arn.split(":");
  const isDeleted = textAt(event.detail, "operation") === "delete";
  const key = contributor.id === "" ? arn : `${arn}#${contributor.id}`;
  const statedAt = alarm.timestampMs ?? event.timeMs;
  // A deletion comes after the state that it ends, which its event repeats.
  const version = isDeleted ? Math.max(event.timeMs, statedAt + 1) : statedAt;
  const series = Object.entries(contributor.attributes).map((pair) => pair.join("="));
  return alertOf(event, {
    key,
    // Not the event's id: the same state comes by each carrier that is wired up, and now and then twice by one.
    ...(alarm.timestampMs === undefined
      ? {}
      : { deliveryId: `${key}#${version}#${isDeleted ? "deleted" : alarm.state}` }),
    version,
    status: isDeleted ? "resolved" : STATUS[alarm.state],
    severity: severityOf(alarm),
    title: `${name || arn}${series.length === 0 ? "" : ` (${series.join(", ")})`}`,
    description: [
      alarm.description,
      isDeleted ? "The alarm was deleted." : alarm.reason,
      line("Rule:", alarm.alarmRule),
    ],
    labels: {
      ...tagLabels(alarm.tags),
      ...dimensionLabels(contributor.attributes),
      ...metricLabels(alarm.metrics),
      source: "aws.cloudwatch",
      account: account || event.account,
      region: region || event.region,
      alarmname: name,
      contributor: contributor.id,
      initial: alarm.isInitial ? "true" : undefined,
    },
    links: linksOf(alarm, region),
    causes: alarm.state === "ALARM" ? alarm.triggering.filter((child) => child !== arn) : [],
    suppression: suppressionOf(event.detail, statedAt),
  });
}

/** What an alarm says of itself in its tags; else an alarm is an error, and one without data a warning. */
function severityOf({ isInitial, tags, state }: AlarmStatement): Severity {
  if (isInitial) return "info";
  return taggedSeverity(tags) ?? (state === "INSUFFICIENT_DATA" ? "warning" : "error");
}

/** A mute rule says when it ends; a suppressor's periods do, an alarm that suppresses does not. */
function suppressionOf(detail: JsonObject, timestampMs: number): Suppression | undefined {
  const mutedBy = textAt(detail, "muteDetail", "mutedByArn");
  if (mutedBy !== undefined) {
    const until = eventTime(memberAt(detail, "muteDetail", "muteWindowEnd"));
    return { by: "mute-rule", reason: mutedBy, ...(until === undefined ? {} : { until }) };
  }
  const by = textAt(detail, "state", "actionsSuppressedBy");
  if (by === undefined) return undefined;
  const reason = textAt(detail, "state", "actionsSuppressedReason") ?? `Actions suppressed by ${by}`;
  // `WaitPeriod` and `ExtensionPeriod`: their lengths, in seconds, are in the configuration.
  const seconds = Number(textAt(detail, "configuration", `actionsSuppressor${by}`));
  return { by: "suppressor", reason, ...(Number.isFinite(seconds) ? { until: timestampMs + seconds * 1000 } : {}) };
}

/** Of the first metric that has a name; what is computed from it has none. */
function metricLabels(metrics: readonly AlarmMetric[]): Record<string, string> {
  const metric = metrics.find(({ name }) => name !== "");
  if (metric === undefined) return { metric: metrics.find(({ expression }) => expression !== "")?.expression ?? "" };
  const { namespace, name, dimensions } = metric;
  return {
    ...dimensionLabels(dimensions),
    namespace,
    metric: name,
    ...(namespace === "" ? {} : { service: namespace.replace(/^AWS\//, "").toLowerCase() }),
    instance: dimensions.InstanceId ?? "",
  };
}

function dimensionLabels(dimensions: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(dimensions).map(([name, value]) => [labelName(name), value]));
}

function tagLabels(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [`tag_${labelName(name)}`, value]));
}

function linksOf({ name, metrics, tags }: AlarmStatement, region: string): readonly AlertLink[] {
  const functionName = metrics.map(({ dimensions }) => dimensions.FunctionName).find((value) => value !== undefined);
  const [, runbook] = Object.entries(tags).find(([tag]) => /^runbook(_?url)?$/i.test(tag)) ?? [];
  return [
    ...consoleLink("Alarm", region, `cloudwatch/home#alarmsV2:alarm/${encodeURIComponent(name)}`),
    ...(functionName === undefined ? [] : insightsLink(`/aws/lambda/${functionName}`, region)),
    ...saidLink("Runbook", runbook),
  ];
}

/** Logs Insights with the log group chosen: its console escapes what is in a fragment by `*` and two digits, and that once more by `$`. */
function insightsLink(logGroup: string, region: string): readonly AlertLink[] {
  const detail = `~(source~(~'${logGroup.replaceAll("/", "*2f")}))`;
  const fragment = encodeURIComponent(`?queryDetail=${detail}`).replaceAll("'", "%27").replaceAll("%", "$");
  return consoleLink("Log Insights", region, `cloudwatch/home#logsV2:logs-insights${fragment}`);
}
