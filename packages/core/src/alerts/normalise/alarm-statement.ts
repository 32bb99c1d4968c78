import type { Severity } from "../../event/alert.ts";
import type { EventEnvelope } from "../../event/event-envelope.ts";
import { eventTime } from "../../event/event-time.ts";
import {
  isObject,
  type JsonObject,
  listOf,
  memberAt,
  objectOf,
  parsedJson,
  textAt,
  textOf,
} from "../../event/json-member.ts";
import { cleanArn, localAlarmArn } from "./alarm-arn.ts";

/** Texts by name. */
type Texts = Readonly<Record<string, string>>;

/** One metric of an alarm, of those that it may be computed from. */
export interface AlarmMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Texts;
  /** Metric math, Metrics Insights, or an anomaly's band; it has no name and namespace then. */
  readonly expression: string;
}

/** What an alarm says of its state. Texts are empty where it says nothing. */
export interface AlarmStatement {
  readonly arn: string;
  readonly name: string;
  readonly state: "OK" | "ALARM" | "INSUFFICIENT_DATA";
  readonly reason: string;
  /** Absent where samples have none. */
  readonly timestampMs?: number;
  /** It has just been made, and its first data are good. */
  readonly isInitial: boolean;
  readonly description: string;
  readonly metrics: readonly AlarmMetric[];
  readonly alarmRule: string;
  /** ARNs of the alarms in ALARM that a composite names as what set it off. */
  readonly triggering: readonly string[];
  readonly tags: Texts;
  /** Of one time series of many: what it is by its attributes. */
  readonly contributor: { readonly id: string; readonly attributes: Texts };
}

/** Reads an alarm's event; one that is sloppy gives empty texts. */
export function alarmStatement({ detail, resources, account, region }: EventEnvelope): AlarmStatement {
  const name = textAt(detail, "alarmName") ?? textAt(detail, "configuration", "alarmName") ?? "";
  const resource = resources.find((arn) => arn.includes(":alarm:"));
  const timestampMs = eventTime(memberAt(detail, "state", "timestamp"));
  const state = stateOf(textAt(detail, "state", "value"));
  return {
    arn: resource === undefined ? localAlarmArn(name, account, region) : cleanArn(resource),
    name,
    state,
    reason: textAt(detail, "state", "reason") ?? "",
    ...(timestampMs === undefined ? {} : { timestampMs }),
    isInitial: state === "OK" && /^Unchecked: Initial alarm/.test(textAt(detail, "previousState", "reason") ?? ""),
    description: textAt(detail, "configuration", "description") ?? "",
    metrics: listOf(memberAt(detail, "configuration", "metrics")).map(metricOf),
    alarmRule: textAt(detail, "configuration", "alarmRule") ?? "",
    triggering: triggeringAlarms(memberAt(detail, "state", "reasonData")),
    tags: tagsOf(detail.alarmTags),
    contributor: {
      id: textAt(detail, "alarmContributor", "id") ?? "",
      attributes: textsOf(objectOf(memberAt(detail, "alarmContributor", "attributes"))),
    },
  };
}

function stateOf(value: string | undefined): AlarmStatement["state"] {
  return value === "OK" || value === "ALARM" ? value : "INSUFFICIENT_DATA";
}

/** `reasonData` is a JSON document in a text. An alarm that is named and not in ALARM is no cause. */
function triggeringAlarms(reasonData: unknown): readonly string[] {
  return listOf(memberAt(parsedJson(reasonData), "triggeringAlarms")).flatMap((alarm) => {
    const arn = textAt(alarm, "arn");
    return arn === undefined || textAt(alarm, "state", "value") !== "ALARM" ? [] : [cleanArn(arn)];
  });
}

function metricOf(entry: unknown): AlarmMetric {
  const metric = memberAt(entry, "metricStat", "metric");
  return {
    namespace: textAt(metric, "namespace") ?? "",
    name: textAt(metric, "name") ?? "",
    dimensions: textsOf(objectOf(memberAt(metric, "dimensions"))),
    expression: textAt(entry, "expression") ?? "",
  };
}

/** A map, as where tags are propagated to events, or a list of keys and values, as in the API. */
function tagsOf(value: unknown): Texts {
  if (isObject(value)) return textsOf(value);
  return textsOf(Object.fromEntries(listOf(value).map((tag) => [textAt(tag, "Key") ?? "", memberAt(tag, "Value")])));
}

function textsOf(members: JsonObject): Texts {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, member]) => {
      const text = textOf(member);
      return name === "" || text === undefined ? [] : [[name, text]];
    }),
  );
}

const SEVERITY_TAGS = ["severity", "belfry:severity", "priority"];

/** What people write into such tags. */
const SEVERITIES: readonly [RegExp, Severity][] = [
  [/^(critical|crit|fatal|emergency|page|highest|(sev|p|s)-?[01]|1)$/i, "critical"],
  [/^(error|err|high|major|(sev|p|s)-?2|2)$/i, "error"],
  [/^(warning|warn|medium|moderate|minor|(sev|p|s)-?3|3)$/i, "warning"],
  [/^(info|informational|information|low|lowest|notice|(sev|p|s)-?[45]|[45])$/i, "info"],
];

/** The severity that an alarm's tags give it, `severity` before `priority`; undefined when they give none. */
export function taggedSeverity(tags: Texts): Severity | undefined {
  for (const wanted of SEVERITY_TAGS) {
    const value = Object.entries(tags).find(([name]) => name.toLowerCase() === wanted)?.[1] ?? "";
    const severity = SEVERITIES.find(([words]) => words.test(value))?.[1];
    if (severity !== undefined) return severity;
  }
  return undefined;
}
