import { describe, expect, it } from "vitest";
import { alertOf, eventOf } from "../../../../support/alert-events.ts";

const ARN = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:cpu";
const STATED = Date.UTC(2026, 10, 22, 10, 0, 0, 417);
const timestamp = "2026-11-22T10:00:00.417+0000";

function alarm(state: object, detail: object = {}, over: object = {}, type = "State Change"): object {
  const base = { alarmName: "cpu", state: { timestamp, reason: "Threshold Crossed", ...state }, configuration: {} };
  const envelope = { resources: [ARN], ...over };
  return eventOf("aws.cloudwatch", `CloudWatch Alarm ${type}`, { ...base, ...detail }, envelope);
}

it.each([
  ["ALARM", "firing"],
  ["OK", "resolved"],
  ["INSUFFICIENT_DATA", "unknown"],
])("in %s is %s", (value, status) => {
  expect(alertOf(alarm({ value })).status).toBe(status);
});

it("has labels of its metric, dimensions and tags", () => {
  const metric = { namespace: "AWS/EC2", name: "CPUUtilization", dimensions: { InstanceId: "i-1" } };
  const event = alarm(
    { value: "ALARM" },
    {
      configuration: { description: "Too busy", metrics: [{ id: "m1", metricStat: { metric, stat: "Average" } }] },
      alarmTags: { team: "web", "Cost Centre": "7" },
      alarmTagsStatus: "COMPLETE",
    },
  );
  expect(alertOf(event)).toMatchObject({ title: "cpu", description: "Too busy\nThreshold Crossed" });
  expect(alertOf(event).labels).toEqual({
    source: "aws.cloudwatch",
    account: "111122223333",
    region: "eu-west-1",
    service: "ec2",
    severity: "error",
    alarmname: "cpu",
    namespace: "AWS/EC2",
    metric: "CPUUtilization",
    instance: "i-1",
    instanceid: "i-1",
    tag_team: "web",
    tag_cost_centre: "7",
  });
});

it("takes the labels of metric math from the first metric that it is made of", () => {
  const metric = { namespace: "AWS/EC2", name: "NetworkIn", dimensions: {} };
  const metrics = [
    { id: "e1", expression: "SUM(METRICS())", label: "all" },
    { id: "m1", metricStat: { metric } },
  ];
  const event = alarm({ value: "ALARM" }, { configuration: { metrics } });
  expect(alertOf(event).labels).toMatchObject({ metric: "NetworkIn", namespace: "AWS/EC2" });
});

it.each([
  ["critical", "critical"],
  ["SEV2", "error"],
  ["P3", "warning"],
  ["low", "info"],
  ["purple", "error"],
])("takes the severity from a tag: %s", (severity, expected) => {
  expect(alertOf(alarm({ value: "ALARM" }, { alarmTags: { Severity: severity } })).severity).toBe(expected);
});

it("links to the alarm, to the logs of a function, and to the runbook in its tags", () => {
  const metric = { namespace: "AWS/Lambda", name: "Errors", dimensions: { FunctionName: "orders" } };
  const configuration = { metrics: [{ id: "m1", metricStat: { metric } }] };
  const tags = { runbook: "https://wiki.example.com/orders" };
  expect(alertOf(alarm({ value: "ALARM" }, { configuration, alarmTags: tags })).links).toEqual([
    {
      title: "Alarm",
      url: "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/cpu",
    },
    {
      title: "Log Insights",
      url: "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:logs-insights$3FqueryDetail$3D~(source~(~$27*2faws*2flambda*2forders))",
    },
    { title: "Runbook", url: "https://wiki.example.com/orders" },
  ]);
});

it.each([
  ["us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"],
  ["cn-north-1", "cn-north-1.console.amazonaws.cn"],
])("links to the console of the partition of %s", (region, host) => {
  const { links } = alertOf(
    alarm({ value: "ALARM" }, {}, { region, resources: [`arn:aws:cloudwatch:${region}:1:alarm:cpu`] }),
  );
  expect(new URL(links[0]?.url ?? "").host).toBe(host);
});

describe("a composite", () => {
  const reasonData = JSON.stringify({
    triggeringAlarms: [
      { arn: `${ARN}-1`, state: { value: "ALARM" } },
      { arn: `${ARN}-2`, state: { value: "OK" } },
    ],
  });

  it("names the alarms in ALARM as its causes", () => {
    expect(alertOf(alarm({ value: "ALARM", reasonData })).causes).toEqual([`${ARN}-1`]);
  });

  it("has no causes when it is over", () => {
    expect(alertOf(alarm({ value: "OK", reasonData })).causes).toEqual([]);
  });

  it("names them as well in a message of SNS", () => {
    const message = {
      AlarmName: "all",
      AlarmArn: `${ARN}-all`,
      NewStateValue: "ALARM",
      StateChangeTime: timestamp,
      AlarmRule: "ALARM(cpu-1)",
      TriggeringChildren: [{ Arn: `${ARN}-1`, State: { Value: "ALARM", Timestamp: timestamp } }],
    };
    expect(alertOf(message)).toMatchObject({ causes: [`${ARN}-1`], description: "Rule: ALARM(cpu-1)" });
  });
});

describe("held back by CloudWatch", () => {
  it("names the mute rule and its end", () => {
    const mutedByArn = "arn:aws:cloudwatch:eu-west-1:1:alarm-mute-rule:night";
    const muteDetail = { mutedByArn, muteWindowEnd: "2026-11-22T12:00:00.000+0000" };
    expect(alertOf(alarm({ value: "ALARM" }, { muteDetail }))).toMatchObject({
      status: "firing",
      suppression: { by: "mute-rule", reason: mutedByArn, until: Date.UTC(2026, 10, 22, 12) },
    });
  });

  it.each([
    ["WaitPeriod", STATED + 120_000],
    ["ExtensionPeriod", STATED + 180_000],
    ["Alarm", undefined],
  ])("says until when the suppressor's %s holds", (actionsSuppressedBy, until) => {
    const configuration = { actionsSuppressorWaitPeriod: 120, actionsSuppressorExtensionPeriod: 180 };
    const { suppression } = alertOf(alarm({ value: "ALARM", actionsSuppressedBy }, { configuration }));
    const reason = `Actions suppressed by ${actionsSuppressedBy}`;
    expect(suppression).toEqual({ by: "suppressor", reason, ...(until === undefined ? {} : { until }) });
  });

  it("is a newer statement without it when it ends, although the state is the same", () => {
    const held = alertOf(alarm({ value: "ALARM", actionsSuppressedBy: "WaitPeriod" }));
    const later = { value: "ALARM", timestamp: "2026-11-22T10:02:00.417+0000" };
    const free = alertOf(alarm(later, { previousState: { value: "ALARM", actionsSuppressedBy: "WaitPeriod" } }));
    expect(free).toMatchObject({ key: held.key, status: "firing" });
    expect(free).not.toHaveProperty("suppression");
    expect(free.version).toBeGreaterThan(held.version);
    expect(free.deliveryId).not.toBe(held.deliveryId);
  });
});

it("says that an alarm has just been made", () => {
  const reason = "Unchecked: Initial alarm creation";
  const alert = alertOf(alarm({ value: "OK" }, { previousState: { value: "INSUFFICIENT_DATA", reason } }));
  expect(alert).toMatchObject({ status: "resolved", severity: "info", labels: { initial: "true" } });
});

it("is one alert for each contributor", () => {
  const alarmContributor = { id: "6d44", attributes: { TableName: "orders" } };
  const event = alarm({ value: "ALARM" }, { alarmContributor }, {}, "Contributor State Change");
  expect(alertOf(event)).toMatchObject({
    key: `${ARN}#6d44`,
    title: "cpu (TableName=orders)",
    labels: { contributor: "6d44", tablename: "orders" },
  });
});

describe("a change of its configuration", () => {
  const change = (operation: string, value: string, time = "2026-11-22T10:00:01Z"): object =>
    alarm({ value, reason: undefined }, { operation }, { time }, "Configuration Change");

  it("resolves what is deleted, after its last state", () => {
    const alert = alertOf(change("delete", "ALARM"));
    expect(alert).toMatchObject({ status: "resolved", description: "The alarm was deleted." });
    expect(alert.version).toBe(Date.UTC(2026, 10, 22, 10, 0, 1));
    expect(alertOf(change("delete", "ALARM", "2026-11-22T10:00:00Z")).version).toBe(STATED + 1);
  });

  it("repeats the state of what is updated, as the same delivery", () => {
    const alert = alertOf(change("update", "ALARM"));
    expect(alert.deliveryId).toBe(alertOf(alarm({ value: "ALARM" })).deliveryId);
  });

  it("knows nothing of what is created", () => {
    expect(alertOf(change("create", "INSUFFICIENT_DATA")).status).toBe("unknown");
  });
});

it("reads a sample that was reformatted", () => {
  const arn = "arn:aws:cloudwatch:eu-west-1: 111122223333:alarm:cpu";
  const event = alarm({ value: "ALARM", timestamp: "2026-11-22T10: 00: 00.417+0000" }, {}, { resources: [arn] });
  expect(alertOf(event)).toMatchObject({ key: ARN, version: STATED });
});
