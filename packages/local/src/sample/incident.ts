import { CENTRAL } from "./estate.ts";
import { SeededRandom } from "./random.ts";

/** What a source says, and how long after the sample incident's beginning. */
export interface SampleEvent {
  readonly afterMs: number;
  /** As EventBridge hands it over; its times are those of the moment. */
  readonly event: (nowMs: number) => object;
}

/** An alarm of the sample: a metric's, or one of other alarms. */
interface SampleAlarm {
  readonly name: string;
  readonly description: string;
  readonly reason: string;
  readonly metric?: { readonly name: string; readonly stat: string };
  readonly children?: readonly string[];
}

const FUNCTION = "checkout";

const ERRORS: SampleAlarm = {
  name: "checkout-errors",
  description: "The function that takes orders fails.",
  reason: "Threshold Crossed: 3 datapoints [41.0, 38.0, 7.0] were greater than the threshold (5.0).",
  metric: { name: "Errors", stat: "Sum" },
};

const LATENCY: SampleAlarm = {
  name: "checkout-latency",
  description: "Orders take longer than three seconds.",
  reason: "Threshold Crossed: 3 datapoints [8120.0, 7904.0, 4411.0] were greater than the threshold (3000.0).",
  metric: { name: "Duration", stat: "p99" },
};

/** The composite, of which people are told; those that it names as its causes keep quiet. */
const DOWN: SampleAlarm = {
  name: "checkout-down",
  description: "Nobody can pay. Runbook: look at the last deployment of checkout first.",
  reason: `arn:aws:cloudwatch:${CENTRAL.region}:${CENTRAL.account}:alarm:${ERRORS.name} transitioned to ALARM`,
  children: [ERRORS.name, LATENCY.name],
};

const THROTTLES: SampleAlarm = {
  name: "checkout-throttles",
  description: "Orders are turned away: the function has no concurrency left.",
  reason: "Threshold Crossed: 1 datapoint [212.0] was greater than the threshold (0.0).",
  metric: { name: "Throttles", stat: "Sum" },
};

const SECOND_MS = 1000;
const UPDATED_AFTER_MS = 20 * SECOND_MS;
const OVER_AFTER_MS = 240 * SECOND_MS;

/**
 * A small sample incident: a composite alarm with its two children and an issue that AWS Health knows of, then one alarm more, and after four minutes the end of all. The same for the same
 * seed and times.
 */
export function sampleIncident(seed: number): SampleEvent[] {
  const random = new SeededRandom(seed);
  const alarm = (afterMs: number, of: SampleAlarm, value: "ALARM" | "OK"): SampleEvent => {
    const id = random.uuid();
    return { afterMs, event: (nowMs) => alarmEvent(id, of, value, nowMs) };
  };
  const issue = `${random.hex(8)}-sample`;
  const health = (afterMs: number, statusCode: "open" | "closed"): SampleEvent => {
    const id = random.uuid();
    return { afterMs, event: (nowMs) => healthEvent(id, issue, statusCode, nowMs, nowMs - afterMs) };
  };
  return [
    alarm(0, ERRORS, "ALARM"),
    alarm(0, LATENCY, "ALARM"),
    alarm(0, DOWN, "ALARM"),
    health(0, "open"),
    alarm(UPDATED_AFTER_MS, THROTTLES, "ALARM"),
    ...[THROTTLES, LATENCY, ERRORS, DOWN].map((each) => alarm(OVER_AFTER_MS, each, "OK")),
    health(OVER_AFTER_MS, "closed"),
  ];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
function alarmEvent(id: string, alarm: SampleAlarm, value: "ALARM" | "OK", nowMs: number): object {
  const { name, description, reason, metric, children = [] } = alarm;
  const time = new Date(nowMs).toISOString();
  const states: readonly string[] = value === "ALARM" ? ["OK", "ALARM"] : ["ALARM", "OK"];
  return {
    version: "0",
    id,
    "detail-type": "CloudWatch Alarm State Change",
    source: "aws.cloudwatch",
    ...CENTRAL,
    time: `${time.slice(0, 19)}Z`,
    resources: [arnOf(name)],
    detail: {
      alarmName: name,
      state: {
        value: states[1],
        reason: value === "ALARM" ? reason : "The values are below the threshold again.",
        reasonData: JSON.stringify(reasonData(children, time)),
        timestamp: time.replace("Z", "+0000"),
      },
      previousState: { value: states[0], reason: "", timestamp: time.replace("Z", "+0000") },
      configuration:
        metric === undefined
          ? { description, alarmRule: children.map((child) => `ALARM("${child}")`).join(" OR ") }
          : { description, metrics: [metricOf(metric)] },
    },
  };
}

function reasonData(children: readonly string[], timestamp: string): object {
  if (children.length === 0) return { version: "1.0" };
  const state = { value: "ALARM", timestamp };
  return { triggeringAlarms: children.map((child) => ({ arn: arnOf(child), state })) };
}

function metricOf({ name, stat }: NonNullable<SampleAlarm["metric"]>): object {
  const metric = { namespace: "AWS/Lambda", name, dimensions: { FunctionName: FUNCTION } };
  return { id: "m1", metricStat: { metric, period: 60, stat }, returnData: true };
}

function arnOf(alarm: string): string {
  return `arn:aws:cloudwatch:${CENTRAL.region}:${CENTRAL.account}:alarm:${alarm}`;
}

/** https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html */
function healthEvent(id: string, issue: string, statusCode: "open" | "closed", nowMs: number, startMs: number): object {
  const code = "AWS_LAMBDA_OPERATIONAL_ISSUE";
  const now = new Date(nowMs).toUTCString();
  const isOpen = statusCode === "open";
  return {
    version: "0",
    id,
    "detail-type": "AWS Health Event",
    source: "aws.health",
    ...CENTRAL,
    time: `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
    resources: [],
    detail: {
      eventArn: `arn:aws:health:${CENTRAL.region}::event/LAMBDA/${code}/${code}_${issue}`,
      service: "LAMBDA",
      eventTypeCode: code,
      eventTypeCategory: "issue",
      eventScopeCode: "PUBLIC",
      communicationId: `${issue}-${isOpen ? 1 : 2}`,
      startTime: new Date(startMs).toUTCString(),
      ...(isOpen ? {} : { endTime: now }),
      lastUpdatedTime: now,
      statusCode,
      eventRegion: CENTRAL.region,
      eventDescription: [
        {
          language: "en_US",
          latestDescription: isOpen
            ? "We are investigating increased error rates and latencies of function invocations. (This is a sample.)"
            : "[RESOLVED] Error rates and latencies of function invocations are as usual. (This is a sample.)",
        },
      ],
      affectedEntities: [],
      affectedAccount: CENTRAL.account,
      page: "1",
      totalPages: "1",
    },
  };
}
