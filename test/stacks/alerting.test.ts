import { compilePattern } from "@belfry/core/patterns/event-pattern";
import { Match, type Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { resolveIn, type TemplateJson } from "../../scripts/templates/resolve-template.ts";
import { ALERTING_ALARMS } from "../../stacks/alerting-names.ts";
import { enabledRules, regionalRules, ruleRegions } from "../../stacks/rules/shipped-rules.ts";
import { eventFixtures } from "./support/event-fixtures.ts";
import { EVERYTHING } from "./support/everything.ts";
import { MINIMAL, ORGANIZATION, type Synthesized, synthesize } from "./support/synth.ts";

type Properties = Readonly<Record<string, unknown>>;
type Deploy = NonNullable<ConfigInput["deploy"]>;

const ACCOUNT = "111122223333";
const HOME = "eu-west-1";
const QUEUES = ["alerts", "timers", "outbox", "corrections"];

const minimal = synthesize(MINIMAL);
const organization = synthesize(ORGANIZATION);
const withAlerting = (alerting: Deploy["alerting"], base = MINIMAL) =>
  synthesize({ ...base, deploy: { ...base.deploy, alerting } });

function ofType(template: Template, type: string, region = HOME): Properties[] {
  const json = template.toJSON() as TemplateJson;
  const resolve = resolveIn(json, { account: ACCOUNT, region, parameters: { "/belfry/test/key-arn": KEY } });
  return Object.values(json.Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => resolve(Properties) as Properties);
}

const KEY = `arn:aws:kms:${HOME}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

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

describe("alarm topics", () => {
  const subscriptionsOf = (synthesized: Synthesized, protocol: string) =>
    [...synthesized.templates].flatMap(([name, template]) => {
      const region = synthesized.stacks.get(name)?.region;
      return ofType(template, "AWS::SNS::Subscription", region)
        .filter(({ Protocol }) => Protocol === protocol)
        .map(({ TopicArn, Endpoint, RedrivePolicy, FilterPolicy }) => ({
          region,
          topic: String(TopicArn),
          endpoint: String(Endpoint),
          deadLetters: (RedrivePolicy as { deadLetterTargetArn: string } | undefined)?.deadLetterTargetArn,
          filter: FilterPolicy as { AlarmName: { prefix: string }[] } | undefined,
        }));
    });

  it("of every region tell the alerts queue, and keep what they cannot", () => {
    const found = subscriptionsOf(organization, "sqs");
    expect(found.map(({ region }) => region).sort()).toEqual(["eu-west-1", "us-east-1", "us-west-2"]);
    for (const { region, topic, endpoint, deadLetters } of found) {
      expect(topic).toBe(`arn:aws:sns:${region}:${ACCOUNT}:belfry-test-alarms`);
      expect(endpoint).toBe(`arn:aws:sqs:${HOME}:${ACCOUNT}:belfry-test-alerts`);
      expect(deadLetters).toBe(`arn:aws:sqs:${region}:${ACCOUNT}:belfry-test-alarms-dlq`);
    }
  });

  it("tell nobody else of what alerting tells: nobody gets an alarm twice", () => {
    for (const synthesized of [minimal, organization]) {
      const mails = subscriptionsOf(synthesized, "email");
      expect(mails.map(({ region, topic }) => [region, topic.split(":").at(-1)]).sort()).toEqual([
        [HOME, "belfry-test-alarms"],
        [HOME, "belfry-test-notify"],
      ]);
      expect(mails.find(({ topic }) => topic.endsWith("-alarms"))?.filter?.AlarmName.length).toBeGreaterThan(0);
    }
  });

  it("tell of alarms on alerting itself by e-mail as they come: of all of them, and of no others", () => {
    const synthesized = synthesize({ ...EVERYTHING, channels: {} });
    const mail = subscriptionsOf(synthesized, "email").find(({ topic }) => topic.endsWith("-alarms"));
    const isMailed = (name: string) => mail?.filter?.AlarmName.some(({ prefix }) => name.startsWith(prefix)) ?? false;
    const home = [...synthesized.templates].filter(([name]) => synthesized.stacks.get(name)?.region === HOME);
    const alarms = home.flatMap(([stack, template]) =>
      ofType(template, "AWS::CloudWatch::Alarm").map((alarm) => ({ stack, alarm, name: String(alarm.AlarmName) })),
    );
    const own = ofType(synthesized.template("Alerting"), "AWS::Lambda::Function").map(({ FunctionName }) =>
      String(FunctionName),
    );
    const isOfAlerting = ({ stack, alarm }: (typeof alarms)[number]) =>
      stack === "Alerting" || own.some((name) => JSON.stringify(alarm).includes(`"${name}"`));
    expect(alarms.filter((each) => isMailed(each.name) !== isOfAlerting(each)).map(({ name }) => name)).toEqual([]);
    const unused = ALERTING_ALARMS.filter(
      (prefix) => !alarms.some(({ name }) => name.startsWith(`belfry-test-${prefix}`)),
    );
    expect(unused).toEqual([]);
  });

  it("tell by e-mail of all alarms where alerting is off, and there is nothing of alerting", () => {
    const synthesized = withAlerting({ enabled: false });
    expect([...synthesized.templates.keys()]).not.toContain("Alerting");
    expect(subscriptionsOf(synthesized, "sqs")).toEqual([]);
    const mails = subscriptionsOf(synthesized, "email");
    expect(mails.every(({ topic, filter }) => topic.endsWith("-alarms") && filter === undefined)).toBe(true);
    expect(mails.map(({ region }) => region)).toContain(HOME);
  });

  it("are left alone where the configuration says so", () => {
    expect(subscriptionsOf(withAlerting({ alarmActions: false }), "sqs")).toEqual([]);
  });
});

describe("e-mail", () => {
  it("has a topic only where a channel sends by it", () => {
    const deploy = { ...MINIMAL.deploy, email: [] };
    synthesize({ deploy }).template("Alerting").resourceCountIs("AWS::SNS::Topic", 0);
    synthesize({ deploy, channels: { mail: { type: "sns" } } })
      .template("Alerting")
      .resourceCountIs("AWS::SNS::Topic", 1);
  });

  it("is not sent by the topic to addresses when a receiver says who is told", () => {
    const channels = { chat: { type: "slack-webhook" as const, url: "/belfry/slack" } };
    const oncall = { receivers: { default: { channels: ["chat"] } } };
    const { template } = synthesize({ ...MINIMAL, channels, oncall });
    template("Alerting").resourceCountIs("AWS::SNS::Topic", 0);
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

describe("alarm topics of regions that are switched on one by one", () => {
  it("send by the principal of the region that was", () => {
    const principals = (region: string, further: string) => {
      const template = synthesize({ deploy: { region, regions: [further], globalEvents: false } }).template("Alerting");
      const policies = ofType(template, "AWS::SQS::QueuePolicy", region);
      return policies
        .flatMap(({ PolicyDocument }) => (PolicyDocument as { Statement: Properties[] }).Statement)
        .filter(({ Resource }) => String(Resource).endsWith("-alerts"))
        .flatMap(({ Principal }) => (Principal as { Service?: string }).Service ?? [])
        .filter((service) => service.startsWith("sns"));
    };
    expect(principals("eu-west-1", "us-east-2")).toEqual(["sns.amazonaws.com"]);
    expect(principals("eu-west-1", "eu-south-1")).toEqual(["sns.amazonaws.com", "sns.eu-south-1.amazonaws.com"]);
    expect(principals("eu-south-1", "eu-west-1")).toEqual(["sns.amazonaws.com", "sns.eu-south-1.amazonaws.com"]);
  });
});
