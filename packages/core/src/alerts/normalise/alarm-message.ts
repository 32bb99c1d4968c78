import { contentId, type EventEnvelope } from "../../event/event-envelope.ts";
import { eventTime } from "../../event/event-time.ts";
import { isObject, type JsonObject, listOf, memberAt, objectOf, textAt } from "../../event/json-member.ts";
import { cleanArn, localAlarmArn, regionNamed } from "./alarm-arn.ts";

const STATE_CHANGE = "CloudWatch Alarm State Change";

/** True for what a CloudWatch alarm publishes to an SNS topic. */
export function isAlarmMessage(message: unknown): message is JsonObject {
  return textAt(message, "AlarmName") !== undefined && textAt(message, "NewStateValue") !== undefined;
}

/**
 * The message of an alarm's SNS action in the form of the alarm's event on the bus, so that it has the same key and version, and meets the same event
 * patterns. Messages of before 2020 have no ARN; it is made of account, region and name. `topicRegion` is empty when it is not known.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export function alarmMessageEnvelope(message: JsonObject, topicRegion: string, nowMs: number): EventEnvelope {
  const text = (name: string): string | undefined => textAt(message, name);
  const name = text("AlarmName") ?? "";
  // A topic is always in the region of the alarm, whose name in the message is one for people.
  const local = localAlarmArn(name, text("AWSAccountId") ?? "", topicRegion || regionNamed(text("Region") ?? ""));
  const detail = {
    alarmName: name,
    state: {
      value: message.NewStateValue,
      reason: message.NewStateReason,
      reasonData: message.NewStateReasonData ?? reasonData(message.TriggeringChildren),
      timestamp: message.StateChangeTime,
    },
    previousState: { value: message.OldStateValue },
    configuration: {
      description: message.AlarmDescription,
      alarmRule: message.AlarmRule,
      metrics: metricsOf(objectOf(message.Trigger)),
    },
    alarmTags: message.AlarmTags ?? message.alarmTags,
  };
  return envelopeOf(cleanArn(text("AlarmArn") ?? local), detail, message.StateChangeTime, nowMs);
}

/** True for the event with which an alarm invokes a Lambda function as its action. */
export function isAlarmAction(input: unknown): input is JsonObject {
  return textAt(input, "alarmArn") !== undefined && isObject(memberAt(input, "alarmData"));
}

/**
 * The event of an alarm's Lambda action in the form of its event on the bus, of which it has all but the envelope.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
 */
export function alarmActionEnvelope(input: JsonObject, nowMs: number): EventEnvelope {
  const tags = input.alarmTags === undefined ? {} : { alarmTags: input.alarmTags };
  const detail = { ...objectOf(input.alarmData), ...tags };
  return envelopeOf(cleanArn(textAt(input, "alarmArn") ?? ""), detail, input.time, nowMs);
}

/** `resources` names the alarm, and account and region are the alarm's. */
function envelopeOf(arn: string, members: JsonObject, time: unknown, nowMs: number): EventEnvelope {
  const [, , , region = "", account = ""] = arn.split(":");
  const detail = JSON.parse(JSON.stringify(members));
  const timeMs = eventTime(time) ?? nowMs;
  const head = { source: "aws.cloudwatch", account, region, resources: [arn], detail };
  const raw = { ...head, "detail-type": STATE_CHANGE, time: new Date(timeMs).toISOString() };
  return { ...head, id: contentId(head), detailType: STATE_CHANGE, timeMs, replayed: false, raw };
}

/** One metric in the trigger itself, or several with metric math. */
function metricsOf(trigger: JsonObject): readonly object[] | undefined {
  if (trigger.MetricName !== undefined) return [metricOf(trigger, trigger.Statistic)];
  return listOf(trigger.Metrics).map((entry) => {
    const { Id, Label, Expression, ReturnData, MetricStat } = objectOf(entry);
    const stat = objectOf(MetricStat);
    const metric = MetricStat === undefined ? {} : metricOf(objectOf(stat.Metric), stat.Stat, stat.Period);
    return { id: Id, label: Label, expression: Expression, returnData: ReturnData, ...metric };
  });
}

function metricOf(metric: JsonObject, stat: unknown, period: unknown = metric.Period): object {
  const dimensions = listOf(metric.Dimensions).map((entry) => [textAt(entry, "name"), textAt(entry, "value") ?? ""]);
  return {
    metricStat: {
      metric: { namespace: metric.Namespace, name: metric.MetricName, dimensions: Object.fromEntries(dimensions) },
      period,
      stat,
    },
  };
}

/** A composite's children, as the event's `reasonData` has them: a document in a text. */
function reasonData(children: unknown): string | undefined {
  if (!Array.isArray(children)) return undefined;
  const triggeringAlarms = children.map((child) => ({
    arn: textAt(child, "Arn") ?? textAt(child, "arn"),
    state: { value: textAt(child, "State", "Value"), timestamp: textAt(child, "State", "Timestamp") },
  }));
  return JSON.stringify({ triggeringAlarms });
}
