import { App, Stack } from "aws-cdk-lib";
import { CfnAlarm, type CfnAlarmProps } from "aws-cdk-lib/aws-cloudwatch";
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { checkFollowed } from "../../stacks/canaries-failover.ts";
import { deployed, HOME, withCanary } from "./support/deployed.ts";
import { EVERYTHING } from "./support/everything.ts";
import { synthesize } from "./support/synth.ts";

const everything = deployed(EVERYTHING);

describe("records that fail over", () => {
  const failover = {
    hostedZoneId: "Z0123456789ABCDEFGHIJ",
    name: "shop.example.com",
    primary: "192.0.2.1",
    secondary: "192.0.2.2",
  };
  const alarm = { failedRuns: 3, ofRuns: 3 };

  it("are a pair under a health check on the alarm, short-lived", () => {
    expect(everything("AWS::Route53::HealthCheck")).toMatchObject([
      {
        HealthCheckConfig: {
          Type: "CLOUDWATCH_METRIC",
          AlarmIdentifier: { Name: "belfry-test-canary-answer", Region: HOME },
          InsufficientDataHealthStatus: "LastKnownStatus",
        },
      },
    ]);
    const records = everything("AWS::Route53::RecordSet");
    const both = { HostedZoneId: "Z0123456789ABCDEFGHIJ", Name: "shop.example.com", Type: "A" };
    expect(records).toMatchObject([
      { ...both, Failover: "PRIMARY", ResourceRecords: ["192.0.2.1"], HealthCheckId: expect.anything() },
      { ...both, Failover: "SECONDARY", ResourceRecords: ["192.0.2.2"] },
    ]);
    expect(records[1]).not.toHaveProperty("HealthCheckId");
    for (const { TTL } of records) expect(Number(TTL)).toBeLessThanOrEqual(60);
    expect(new Set(records.map(({ SetIdentifier }) => SetIdentifier)).size).toBe(2);
  });

  it("follow an alarm that Route 53 can follow", () => {
    const [check] = everything("AWS::Route53::HealthCheck");
    const { AlarmIdentifier: followed } = (check as { HealthCheckConfig: { AlarmIdentifier: { Name: string } } })
      .HealthCheckConfig;
    const found = everything("AWS::CloudWatch::Alarm").find(({ AlarmName }) => AlarmName === followed.Name);
    expect(found).toMatchObject({ Statistic: "Average", EvaluationPeriods: 3, DatapointsToAlarm: 3 });
    expect(Number(found?.Period)).toBeGreaterThanOrEqual(60);
    expect(found).not.toHaveProperty("Metrics");
    expect(found).not.toHaveProperty("ExtendedStatistic");
  });

  it.each([
    [
      "names",
      { primary: "a.example.com", secondary: "b.example.com" },
      { Type: "CNAME", ResourceRecords: ["a.example.com"] },
    ],
    ["addresses of IPv6", { primary: "2001:db8::1", secondary: "2001:db8::2" }, { Type: "AAAA" }],
    [
      "aliases",
      {
        primary: { dnsName: "a.elb.amazonaws.com", hostedZoneId: "Z32O12XQLNTSW2" },
        secondary: { dnsName: "b.elb.amazonaws.com", hostedZoneId: "Z32O12XQLNTSW2" },
      },
      { Type: "A", AliasTarget: { DNSName: "a.elb.amazonaws.com", EvaluateTargetHealth: false } },
    ],
  ])("may be of %s", (_, targets, expected) => {
    const [primary] = deployed(withCanary({ alarm, failover: { ...failover, ...targets } }))("AWS::Route53::RecordSet");
    expect(primary).toMatchObject(expected);
  });

  it.each([
    ["some runs out of more", withCanary({ failover }), /Route 53 takes no alarm of some runs out of more/],
    [
      "high resolution",
      { ...withCanary({ alarm, failover }), metrics: { highResolution: true } },
      /standard resolution alone/,
    ],
    [
      "several regions",
      withCanary({ alarm, failover, regions: [HOME, "us-east-1"] }, { regions: ["us-east-1"] }),
      /name one region/,
    ],
    ["a canary that runs once", withCanary({ alarm, failover, schedule: "once" }), /runs all the time/],
    ["a record that lives long", withCanary({ alarm, failover: { ...failover, ttlSeconds: 300 } }), /ttlSeconds/],
    [
      "targets of two sorts",
      withCanary({ alarm, failover: { ...failover, secondary: "b.example.com" } }),
      /of one sort/,
    ],
  ])("are refused with %s", (_, config, message) => {
    expect(() => synthesize(config as ConfigInput)).toThrow(message);
  });

  it.each([
    ["metric math", { metrics: [{ id: "a", expression: "1" }] }, /several metrics/],
    ["a percentile", { extendedStatistic: "p99", statistic: undefined }, /statistic is none of/],
    ["seconds", { period: 10 }, /high resolution/],
    ["M of N", { datapointsToAlarm: 2 }, /2 periods of 3/],
  ])("are refused at synthesis under an alarm with %s", (_, props, message) => {
    const base = { comparisonOperator: "LessThanThreshold", evaluationPeriods: 3, statistic: "Average", period: 60 };
    const all = { ...base, ...props } as CfnAlarmProps;
    const made = new CfnAlarm(new Stack(new App(), "Planted"), "Alarm", all);
    expect(() => checkFollowed("shop", made)).toThrow(message);
  });
});
