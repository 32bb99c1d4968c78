import { alarmAsker } from "@belfry/core/alerts/ask-alarm";
import { alarmReader } from "@belfry/core/platform/alarms-client";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { alertOf, eventOf, NOW } from "../../../support/alert-events.ts";
import { type AwsEndpoint, awsEndpoint } from "../../../support/aws-endpoint.ts";

const signal = new AbortController().signal;
const ARN = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders:5xx";
const AT = Date.UTC(2026, 10, 22, 10);
let aws: AwsEndpoint;

beforeAll(async () => {
  aws = await awsEndpoint();
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.calls.length = 0;
});

const ask = alarmAsker(alarmReader(), { now: () => NOW });

const ALARM = {
  AlarmName: "orders:5xx",
  AlarmArn: ARN,
  AlarmDescription: "Too many errors.",
  StateValue: "ALARM",
  StateReason: "Threshold crossed",
  StateUpdatedTimestamp: AT / 1000,
  Namespace: "AWS/ApplicationELB",
  MetricName: "HTTPCode_Target_5XX_Count",
  Dimensions: [{ Name: "LoadBalancer", Value: "app/orders/1" }],
};

it("says of an alarm what its event says", async () => {
  aws.answers.push({ body: { MetricAlarms: [ALARM] } });
  const event = eventOf(
    "aws.cloudwatch",
    "CloudWatch Alarm State Change",
    {
      alarmName: "orders:5xx",
      state: { value: "ALARM", reason: "Threshold crossed", timestamp: new Date(AT).toISOString() },
      configuration: {
        description: "Too many errors.",
        metrics: [
          {
            metricStat: {
              metric: {
                namespace: "AWS/ApplicationELB",
                name: "HTTPCode_Target_5XX_Count",
                dimensions: { LoadBalancer: "app/orders/1" },
              },
            },
          },
        ],
      },
    },
    { resources: [ARN] },
  );
  const { event: _, startsAt: __, ...expected } = alertOf(event);
  expect(await ask(ARN, signal)).toMatchObject(expected);
  expect(aws.calls).toEqual([
    ["DescribeAlarms", { AlarmNames: ["orders:5xx"], AlarmTypes: ["MetricAlarm", "CompositeAlarm", "LogAlarm"] }],
  ]);
});

it("knows whether a composite is still suppressed", async () => {
  const suppressed = {
    ...ALARM,
    MetricName: undefined,
    ActionsSuppressedBy: "Alarm",
    ActionsSuppressedReason: "deploy",
  };
  aws.answers.push({ body: { CompositeAlarms: [suppressed] } });
  expect(await ask(ARN, signal)).toMatchObject({ suppression: { by: "suppressor", reason: "deploy" } });
});

it("reads metric math", async () => {
  const { MetricName: _, ...math } = ALARM;
  const Metrics = [
    { Id: "e", Expression: "m / 2" },
    { Id: "m", MetricStat: { Metric: { MetricName: "Errors", Namespace: "AWS/Lambda" }, Period: 60, Stat: "Sum" } },
  ];
  aws.answers.push({ body: { MetricAlarms: [{ ...math, Metrics }] } });
  expect((await ask(ARN, signal))?.labels).toMatchObject({ metric: "Errors", service: "lambda" });
});

it("does not ask for what is no alarm, and takes none of the same name for another account's", async () => {
  expect(await ask("arn:aws:health:eu-west-1::event/RDS/X/X_1", signal)).toBeUndefined();
  expect(aws.calls).toEqual([]);
  aws.answers.push({ body: { MetricAlarms: [ALARM] } });
  expect(await ask(ARN.replace("111122223333", "444455556666"), signal)).toBeUndefined();
});
