import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { ACCOUNT, deployed, HOME, withCanary } from "./support/deployed.ts";
import { EVERYTHING } from "./support/everything.ts";
import { synthesize } from "./support/synth.ts";

type Properties = Record<string, unknown>;

const everything = deployed(EVERYTHING);
const page = (extra: object = {}) => ({ kind: "heartbeat" as const, urls: ["https://shop.example.com/"], ...extra });

describe("functions of canaries", () => {
  const functions = everything("AWS::Lambda::Function");
  const named = (name: string) => functions.find(({ FunctionName }) => FunctionName === `belfry-test-${name}`);

  it("are one without a browser, one with, and one for each script", () => {
    expect(functions.map(({ FunctionName }) => FunctionName)).toEqual([
      "belfry-test-canary-run",
      "belfry-test-canary-browse",
      "belfry-test-canary-script-checkout",
    ]);
  });

  it("have the processor and the room that the browser needs, and no more without one", () => {
    expect(named("canary-browse")).toMatchObject({
      Architectures: ["x86_64"],
      EphemeralStorage: { Size: 1024 },
      MemorySize: 2560,
      Timeout: 135,
    });
    expect(named("canary-run")).toMatchObject({ Architectures: ["arm64"], MemorySize: 1024, Timeout: 75 });
    expect(named("canary-run")).not.toHaveProperty("EphemeralStorage");
  });

  it("are not run again for a run that is over, and keep what could not be run", () => {
    const invoked = everything("AWS::Lambda::EventInvokeConfig");
    expect(invoked).toHaveLength(3);
    for (const each of invoked) {
      expect(each).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
      expect(each.DestinationConfig).toMatchObject({
        OnFailure: { Destination: expect.stringMatching(/:belfry-test-canary-[\w-]+-dlq$/) },
      });
    }
  });
});

describe("schedules of canaries", () => {
  const schedules = everything("AWS::Scheduler::Schedule");

  it("run one canary each, at their times, by the role of its function", () => {
    const found = schedules.map(({ Name, ScheduleExpression, State, Target }) => {
      const { Arn, Input, RoleArn, DeadLetterConfig } = Target as Record<string, never>;
      return [
        Name,
        ScheduleExpression,
        State,
        Input,
        String(Arn).split(":").at(-1),
        RoleArn !== undefined && DeadLetterConfig !== undefined,
      ];
    });
    expect(found).toContainEqual([
      "belfry-test-canary-answer",
      "rate(1 minute)",
      "ENABLED",
      '{"canary":"answer"}',
      "belfry-test-canary-run",
      true,
    ]);
    expect(found).toContainEqual([
      "belfry-test-canary-look",
      "at(2027-01-01T00:00:00)",
      "ENABLED",
      '{"canary":"look"}',
      "belfry-test-canary-browse",
      true,
    ]);
    expect(found).toContainEqual([
      "belfry-test-canary-links",
      "rate(5 minutes)",
      "DISABLED",
      '{"canary":"links"}',
      "belfry-test-canary-browse",
      true,
    ]);
  });

  it("begin when there is what they call", () => {
    synthesize(withCanary({ browser: false }))
      .template("Canaries")
      .hasResource("AWS::Scheduler::Schedule", {
        DependsOn: Match.arrayWith([Match.stringLikeRegexp("^CanaryRunFunction")]),
      });
  });

  it("are none for a canary that runs once: CloudFormation runs it, and again when it changes", () => {
    expect(schedules.map(({ Name }) => Name)).not.toContain("belfry-test-canary-names");
    const once = (config: ConfigInput) => deployed(config)("Custom::BelfryCanaryRun");
    expect(everything("Custom::BelfryCanaryRun")).toMatchObject([{ Canary: "names", ServiceTimeout: "90" }]);
    const [before] = once(withCanary({ schedule: "once" }));
    const [after] = once(withCanary({ schedule: "once", timeoutSeconds: 61 }));
    expect(after?.Configuration).not.toBe(before?.Configuration);
  });

  it("of a further region are in a group of that region, and its canaries tell the bus and the bucket at home", () => {
    const config = withCanary(
      { browser: false, regions: [HOME, "us-east-1"] },
      { regions: ["us-east-1"], encryption: "customer" },
    );
    const further = deployed(config, "Canaries-us-east-1", "us-east-1");
    expect(deployed(config)("AWS::Scheduler::Schedule")).toMatchObject([{ Name: "belfry-test-canary-shop" }]);
    expect(further("AWS::Scheduler::ScheduleGroup")).toHaveLength(1);
    expect(further("AWS::Scheduler::Schedule")).toMatchObject([{ Name: "belfry-test-canary-shop" }]);
    expect(JSON.stringify(further("AWS::IAM::Role"))).toContain('{"kms:ResourceAliases":"alias/belfry-test-data"}');
    expect(further("AWS::S3::Bucket")).toEqual([]);
    synthesize(config)
      .template("Canaries-us-east-1")
      .hasResource("AWS::Scheduler::Schedule", { DependsOn: Match.arrayWith(["ScheduleGroup"]) });
    expect(further("AWS::Lambda::Function")).toMatchObject([
      {
        Environment: {
          Variables: {
            BELFRY_CANARY_BUCKET: `belfry-test-canaries-${ACCOUNT}-${HOME}`,
            BELFRY_EVENT_BUS_ARN: `arn:aws:events:${HOME}:${ACCOUNT}:event-bus/belfry-test-events`,
          },
        },
      },
    ]);
  });
});

describe("the bucket of canaries", () => {
  it("keeps the files of runs for a month, and baselines for good", () => {
    const [bucket] = everything("AWS::S3::Bucket");
    const { Rules } = (bucket as { LifecycleConfiguration: { Rules: Properties[] } }).LifecycleConfiguration;
    expect(Rules.filter(({ ExpirationInDays }) => ExpirationInDays !== undefined)).toMatchObject([
      { Prefix: "canary/", ExpirationInDays: 31 },
    ]);
  });
});

describe("the alarm on a canary", () => {
  const alarmOf = (config: ConfigInput, name = "shop") =>
    deployed(config)("AWS::CloudWatch::Alarm").find(({ AlarmName }) => AlarmName === `belfry-test-canary-${name}`);

  it("is on by N of M runs, and when there are none", () => {
    expect(alarmOf(withCanary({ alarm: { failedRuns: 2, ofRuns: 5, severity: "error" } }))).toMatchObject({
      Namespace: "Belfry/test",
      MetricName: "SuccessPercent",
      Dimensions: [{ Name: "CanaryName", Value: "shop" }],
      Statistic: "Average",
      Threshold: 100,
      ComparisonOperator: "LessThanThreshold",
      Period: 300,
      EvaluationPeriods: 5,
      DatapointsToAlarm: 2,
      TreatMissingData: "breaching",
      Tags: expect.arrayContaining([{ Key: "severity", Value: "error" }]),
    });
  });

  it.each([
    ["by the minute", "rate(1 minute)", 60, "breaching"],
    ["by the day", "rate(1 day)", 86_400, "breaching"],
    ["every second day, which is longer than a period can be", "rate(2 days)", 86_400, "ignore"],
    ["at an even cron", "cron(0/10 * * * ? *)", 600, "breaching"],
    ["in working hours alone", "cron(0 8-17 ? * MON-FRI *)", 3600, "ignore"],
    ["at one moment", "at(2027-01-01T00:00:00)", 3600, "ignore"],
  ])("of one that runs %s has a period for each run", (_, schedule, period, missing) => {
    expect(alarmOf(withCanary({ schedule }))).toMatchObject({ Period: period, TreatMissingData: missing });
  });

  it("stays within what CloudWatch evaluates", () => {
    const schedules = ["rate(1 minute)", "rate(5 minutes)", "rate(59 minutes)", "rate(6 hours)", "rate(1 day)"];
    const cases = schedules.flatMap((schedule) =>
      [1, 2, 7, 20, 100].map((ofRuns) => page({ schedule, alarm: { failedRuns: 1, ofRuns } })),
    );
    const canaries = Object.fromEntries(cases.map((canary, i) => [`c${i}`, canary]));
    const alarms = deployed({ deploy: { region: HOME }, canaries } as ConfigInput)("AWS::CloudWatch::Alarm").filter(
      ({ MetricName }) => MetricName === "SuccessPercent",
    );
    expect(alarms).toHaveLength(25);
    for (const { Period: period, EvaluationPeriods: periods } of alarms as {
      Period: number;
      EvaluationPeriods: number;
    }[]) {
      expect(period % 60).toBe(0);
      expect(period * periods).toBeLessThanOrEqual(period < 3600 ? 86_400 : 604_800);
    }
  });

  it("says what CloudWatch takes of a long description, and why it is on", () => {
    const { AlarmDescription } = alarmOf(withCanary({ description: "x".repeat(1024) })) ?? {};
    expect(AlarmDescription).toHaveLength(1024);
    expect(AlarmDescription).toMatch(/x 2 of the last 3 runs of the canary shop failed, or there were none\.$/);
  });

  it("of CloudWatch Synthetics' canaries is on their own metric", () => {
    expect(alarmOf(EVERYTHING, "inventory")).toMatchObject({
      Namespace: "CloudWatchSynthetics",
      Dimensions: [{ Name: "CanaryName", Value: "belfry-test-inventory" }],
    });
  });

  it("is none for a canary that is switched off", () => {
    expect(alarmOf(EVERYTHING, "links")).toBeUndefined();
  });
});

describe("canaries of CloudWatch Synthetics", () => {
  const canaries = everything("AWS::Synthetics::Canary");

  it("run a script by the runtime that is given, write to the bucket, and leave nothing behind", () => {
    expect(canaries).toMatchObject([
      {
        Name: "belfry-test-inventory",
        RuntimeVersion: "syn-python-selenium-10.0",
        Code: { Handler: "canary.handler" },
        ArtifactS3Location: `s3://belfry-test-canaries-${ACCOUNT}-${HOME}/canary/${HOME}/belfry-test-inventory`,
        Schedule: { Expression: "rate(5 minutes)", RetryConfig: { MaxRetries: 1 } },
        RunConfig: { TimeoutInSeconds: 60, MemoryInMB: 1024, ActiveTracing: false },
        ProvisionedResourceCleanup: "AUTOMATIC",
        StartCanaryAfterCreation: true,
      },
      { Name: "belfry-test-basket", Schedule: { Expression: "rate(0 minute)" }, RunConfig: { ActiveTracing: true } },
    ]);
  });

  it("log by the part of their names that CloudWatch Synthetics takes", () => {
    const backend = { type: "synthetics", runtime: "syn-python-selenium-10.0" };
    const script = { kind: "script", entry: "a.py", backend };
    const config = { deploy: { region: HOME }, canaries: { "very-long-name": script } } as ConfigInput;
    const roles = JSON.stringify(deployed(config)("AWS::IAM::Role"));
    expect(roles).toContain(":log-group:/aws/lambda/cwsyn-belfry-test-very-long-*");
  });

  it.each([
    [
      "times that it does not know",
      {
        kind: "script",
        entry: "a.js",
        urls: undefined,
        schedule: "rate(2 hours)",
        backend: { type: "synthetics", runtime: "syn-nodejs-playwright-9.0" },
      },
      /does not know rate\(2 hours\)/,
    ],
    [
      "another kind than a script",
      { backend: { type: "synthetics", runtime: "syn-nodejs-playwright-9.0" } },
      /runs scripts alone/,
    ],
    [
      "a run that takes longer than from one to the next",
      {
        kind: "script",
        entry: "a.js",
        urls: undefined,
        timeoutSeconds: 90,
        schedule: "rate(1 minute)",
        backend: { type: "synthetics", runtime: "syn-nodejs-playwright-9.0" },
      },
      /longer than from one run to the next/,
    ],
    [
      "Python in Belfry's own runner",
      { kind: "script", entry: "a.py", urls: undefined },
      /Python runs in CloudWatch Synthetics alone/,
    ],
  ])("are refused with %s", (_, canary, message) => {
    const config = JSON.parse(JSON.stringify(withCanary(canary))) as ConfigInput;
    expect(() => synthesize(config)).toThrow(message);
  });
});

describe("canaries that cannot be deployed", () => {
  it.each([
    ["a region that Belfry is not in", withCanary({ regions: ["us-west-2"] }), /us-west-2 is no region of Belfry's/],
    [
      "a secret of a laptop's",
      withCanary({ secrets: { token: "env:TOKEN" } }),
      /env:TOKEN, which deployed functions do not have/,
    ],
    ["a schedule that Scheduler refuses", withCanary({ schedule: "cron(99 8 * * ? *)" }), /canaries\.shop\.schedule/],
    ["a day that there is not", withCanary({ schedule: "at(2027-02-30T00:00:00)" }), /canaries\.shop\.schedule/],
    [
      "a name that is too long",
      { deploy: { region: HOME }, canaries: { ["a".repeat(60)]: page() } },
      /shorten its name by 15/,
    ],
  ])("are refused: %s", (_, config, message) => {
    expect(() => synthesize(config as ConfigInput)).toThrow(message);
  });
});
