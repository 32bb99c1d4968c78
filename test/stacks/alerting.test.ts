import { compilePattern } from "@belfry/core/patterns/event-pattern";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { enabledRules, regionalRules, ruleRegions } from "../../stacks/rules/shipped-rules.ts";
import { ACCOUNT, HOME, KEY, ofType, type Properties } from "./support/deployed-resources.ts";
import { eventFixtures } from "./support/event-fixtures.ts";
import { MINIMAL, ORGANIZATION, synthesize } from "./support/synth.ts";

type Deploy = NonNullable<ConfigInput["deploy"]>;

const QUEUES = ["alerts", "timers", "outbox", "corrections"];

const minimal = synthesize(MINIMAL);
const withAlerting = (alerting: Deploy["alerting"], base = MINIMAL) =>
  synthesize({ ...base, deploy: { ...base.deploy, alerting } });

describe("the queues", () => {
  const template = minimal.template("Alerting");
  const queues = ofType(template, "AWS::SQS::Queue");
  const alarms = ofType(template, "AWS::CloudWatch::Alarm");
  const timeouts = new Map(
    ofType(template, "AWS::Lambda::EventSourceMapping").map(({ EventSourceArn, FunctionName }) => {
      const reader = ofType(template, "AWS::Lambda::Function").find((each) => each.FunctionName === FunctionName);
      return [String(EventSourceArn).split(":").at(-1), Number(reader?.Timeout)];
    }),
  );

  it.each(QUEUES)(
    "%s has a dead-letter queue, and hides a message for six times the time-out of its reader",
    (name) => {
      const queue = queues.find(({ QueueName }) => QueueName === `belfry-test-${name}`);
      expect(queue).toMatchObject({
        SqsManagedSseEnabled: true,
        RedrivePolicy: { deadLetterTargetArn: `arn:aws:sqs:${HOME}:${ACCOUNT}:belfry-test-${name}-dlq` },
      });
      const timeout = timeouts.get(`belfry-test-${name}`) ?? 60;
      expect(Number(queue?.VisibilityTimeout)).toBeGreaterThanOrEqual(6 * timeout);
    },
  );

  it.each(QUEUES)("%s has alarms on what waits too long, and on what could not be worked on", (name) => {
    const byName = (what: string) => alarms.find(({ AlarmName }) => AlarmName === `belfry-test-${name}-${what}`);
    expect(byName("waiting")).toMatchObject({ MetricName: "ApproximateAgeOfOldestMessage" });
    expect(byName("dlq-not-empty")).toMatchObject({ MetricName: "ApproximateNumberOfMessagesVisible", Threshold: 0 });
  });

  it("give a sender of notifications up before another takes over what it was at", () => {
    expect(timeouts.get("belfry-test-outbox")).toBeLessThan(120);
  });

  it("bring a storm of alerts as few batches, and answer for single messages", () => {
    template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      BatchSize: 500,
      MaximumBatchingWindowInSeconds: 1,
      ScalingConfig: { MaximumConcurrency: 5 },
    });
    for (const mapping of ofType(template, "AWS::Lambda::EventSourceMapping")) {
      expect(mapping.FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
    }
  });
});

describe("what becomes alerts", () => {
  const [rule] = ofType(minimal.template("Alerting"), "AWS::Events::Rule");
  const pattern = compilePattern(rule?.EventPattern);
  const isOffered = (event: unknown) => pattern.matchesText(JSON.stringify(event));
  /** Those that happen all day where all is well, and events of one's own. */
  const CHATTER = ["s3-object-created", "ec2-spot-interruption"];

  it.each(
    eventFixtures()
      .filter(({ rules }) => rules.length > 0)
      .map((fixture) => [fixture.name, fixture] as const),
  )("is what the shipped rules bring, but chatter: %s", (_, { event, rules }) => {
    const isEnding = event["detail-type"] === "EC2 Instance State-change Notification" && !isOffered(event);
    if (isEnding) expect((event.detail as Properties).state).toMatch(/^(pending|shutting-down|terminated)$/);
    else expect(isOffered(event)).toBe(!rules.some((name) => CHATTER.includes(name)));
  });

  it("is what canaries and Security Hub say, and no schedule and no event of one's own", () => {
    expect(isOffered({ source: "belfry.canary", "detail-type": "Belfry Canary Run", detail: {} })).toBe(true);
    expect(isOffered({ source: "aws.securityhub", "detail-type": "Security Hub Findings - Imported" })).toBe(true);
    expect(isOffered({ source: "belfry.schedule", "detail-type": "Belfry Schedule", detail: {} })).toBe(false);
    expect(isOffered({ source: "shop", "detail-type": "Order Placed", detail: {} })).toBe(false);
  });

  it("is also what a replay brings again, for the state's sake", () => {
    const [alarm] = eventFixtures().filter(({ rules }) => rules.includes("alarm-state-change"));
    expect(isOffered({ ...alarm?.event, "replay-name": "after-an-outage" })).toBe(true);
  });

  it("comes from the Belfry bus to the queue, and what does not get there to a dead-letter queue", () => {
    expect(rule).toMatchObject({
      EventBusName: "belfry-test-events",
      Targets: [
        {
          Arn: `arn:aws:sqs:${HOME}:${ACCOUNT}:belfry-test-alerts`,
          DeadLetterConfig: { Arn: `arn:aws:sqs:${HOME}:${ACCOUNT}:belfry-test-alerting-dlq` },
        },
      ],
    });
  });

  it("is what the configuration says, where it does", () => {
    const own = { source: ["shop"], detail: { severity: ["critical"] } };
    const { template } = withAlerting({ pattern: own });
    template("Alerting").hasResourceProperties("AWS::Events::Rule", { EventPattern: own });
  });
});

describe("AWS Health", () => {
  it.each([
    ["one region", MINIMAL],
    ["several regions", ORGANIZATION],
  ])(
    "is heard in the regions of %s, where events without a region are, and where copies of public events are",
    (_, config) => {
      const { templates, stacks } = synthesize(config);
      const heardIn = [...templates].flatMap(([name, template]) => {
        const named = { Name: "belfry-test-health-event" };
        const rules = template.findResources("AWS::Events::Rule", { Properties: named });
        return Object.keys(rules).map(() => stacks.get(name)?.region);
      });
      expect(heardIn.sort()).toEqual(["eu-west-1", "us-east-1", "us-west-2"]);
    },
  );

  it("puts copies of what happens in us-west-2 into us-east-1, which is heard as well", () => {
    const watched = { regions: ["us-west-2"], rules: enabledRules({}) };
    expect(ruleRegions(watched).sort()).toEqual(["us-east-1", "us-west-2"]);
    expect(regionalRules("us-east-1", watched).map(({ name }) => name)).toContain("health-event");
  });
});

describe("secrets of channels", () => {
  const secret = (name: string) => `arn:aws:secretsmanager:${HOME}:${ACCOUNT}:secret:${name}`;
  const config: ConfigInput = {
    channels: {
      slack: { type: "slack", channel: "C024BE91L", token: "/belfry/slack-token", signingSecret: secret("slack") },
      pager: { type: "pagerduty", routingKey: `${secret("pager-AbCdEf")}:key` },
    },
    deploy: { region: HOME, alerting: { secretKeys: [KEY] } },
  };
  const template = synthesize(config).template("Alerting");
  const allowedOf = (name: string) => {
    const role = ofType(template, "AWS::IAM::Role").find(({ RoleName }) => RoleName === `belfry-test-${name}-${HOME}`);
    const policies = (role?.Policies ?? []) as { PolicyDocument: { Statement: Properties[] } }[];
    const statements = policies.flatMap(({ PolicyDocument: document }) => document.Statement);
    return statements
      .flatMap(({ Action, Resource }) =>
        [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${resource}`)),
      )
      .filter((text) => /^(secretsmanager|ssm|kms):/.test(text) && !text.includes("LinkSecret"));
  };

  it("may be read by who needs them: what sends, and what knows Slack's answers", () => {
    expect(allowedOf("alert-send")).toEqual([
      `secretsmanager:GetSecretValue ${secret("pager-AbCdEf")}`,
      `ssm:GetParameter arn:aws:ssm:${HOME}:${ACCOUNT}:parameter/belfry/slack-token`,
      `kms:Decrypt ${KEY}`,
    ]);
    expect(allowedOf("alert-respond")).toEqual([
      `secretsmanager:GetSecretValue ${secret("slack-??????")}`,
      `kms:Decrypt ${KEY}`,
    ]);
    expect(allowedOf("alert-intake")).toEqual([]);
  });

  it("are refused where only a laptop has them", () => {
    const channels = { slack: { type: "slack" as const, channel: "C024BE91L", token: "env:SLACK_TOKEN" } };
    expect(() => synthesize({ channels })).toThrow("channels.slack.token is env:SLACK_TOKEN, which deployed functions");
    expect(() => synthesize({ channels, deploy: { alerting: { enabled: false } } })).not.toThrow();
  });
});

describe("the address of buttons and links", () => {
  it("asks nobody who he is, and takes up a share of the account's concurrency at most", () => {
    const template = minimal.template("Alerting");
    template.hasResourceProperties("AWS::Lambda::Url", { AuthType: "NONE" });
    // Documentation names it.
    template.hasOutput("RespondUrl", {});
    template.hasResourceProperties("AWS::Lambda::Function", {
      FunctionName: "belfry-test-alert-respond",
      ReservedConcurrentExecutions: 5,
    });
    const open = ofType(template, "AWS::Lambda::Permission").filter(({ Principal }) => Principal === "*");
    expect(open).toHaveLength(2);
    for (const permission of open) {
      expect(permission.FunctionName).toBe("belfry-test-alert-respond");
      expect(permission.InvokedViaFunctionUrl ?? permission.FunctionUrlAuthType === "NONE").toBe(true);
    }
  });

  it("reserves nothing where the account has too little", () => {
    const template = withAlerting({ respond: { concurrency: 0 } }).template("Alerting");
    template.hasResourceProperties("AWS::Lambda::Function", {
      FunctionName: "belfry-test-alert-respond",
      ReservedConcurrentExecutions: Match.absent(),
    });
  });

  it("is left out where it is not wanted, with the links", () => {
    const template = withAlerting({ respond: { enabled: false } }).template("Alerting");
    template.resourceCountIs("AWS::Lambda::Url", 0);
    template.resourceCountIs("AWS::SecretsManager::Secret", 0);
    const [send] = ofType(template, "AWS::Lambda::Function").filter(
      ({ FunctionName }) => FunctionName === "belfry-test-alert-send",
    );
    expect(JSON.stringify(send?.Environment)).not.toContain("BELFRY_RESPOND_URL");
  });
});

describe("an alarm's own action", () => {
  it("may be called by alarms of this account and of trusted accounts, and by no others", () => {
    const trusted = { ...MINIMAL.deploy, trustedAccounts: ["222233334444"] };
    const template = synthesize({ deploy: trusted }).template("Alerting");
    const permissions = ofType(template, "AWS::Lambda::Permission").filter(({ Principal }) => Principal !== "*");
    expect(permissions.map(({ Principal, SourceAccount, SourceArn }) => [Principal, SourceAccount, SourceArn])).toEqual(
      [ACCOUNT, "222233334444"].map((account) => [
        "lambda.alarms.cloudwatch.amazonaws.com",
        account,
        `arn:aws:cloudwatch:${HOME}:${account}:alarm:*`,
      ]),
    );
  });

  it("keeps what it could not work on", () => {
    minimal.template("Alerting").hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    });
  });
});

describe("the heartbeat", () => {
  it("runs each minute, and its silence is an alarm", () => {
    const template = minimal.template("Alerting");
    template.hasResourceProperties("AWS::Scheduler::Schedule", {
      Name: "belfry-test-alert-sweep",
      ScheduleExpression: "rate(1 minute)",
      Target: { Input: '{"sweep":true}', DeadLetterConfig: Match.anyValue() },
    });
    template.hasResourceProperties("AWS::CloudWatch::Alarm", {
      AlarmName: "belfry-test-alerting-silent",
      MetricName: "Invocations",
      TreatMissingData: "breaching",
    });
  });
});
