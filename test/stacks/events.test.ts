import { compilePattern } from "@belfry/core/patterns/event-pattern";
import { runSimulation } from "@cloud-copilot/iam-simulate";
import { Match, type Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { SHIPPED_RULES } from "../../stacks/rules/shipped-rules.ts";
import { eventFixtures } from "./support/event-fixtures.ts";
import { MINIMAL, ORGANIZATION, synthesize } from "./support/synth.ts";

const HOME = "111122223333";
const arn = (service: string, rest: string): string => `arn:aws:${service}:eu-west-1:${HOME}:${rest}`;
const TARGETS = [
  arn("lambda", "function:orders"),
  arn("sqs", "orders"),
  arn("sns", "orders"),
  arn("states", "stateMachine:orders"),
  arn("kinesis", "stream/orders"),
];

const FULL: ConfigInput = {
  ...MINIMAL,
  deploy: {
    ...MINIMAL.deploy,
    account: HOME,
    events: {
      shipped: { "s3-object-created": true, "root-api-call": false },
      rules: [
        { name: "orders", pattern: { source: ["shop"] }, targets: TARGETS },
        { name: "databases", shipped: "rds-failure", targets: [arn("sns", "databases")], replayed: true },
        { name: "local", pattern: { source: ["aws.ec2"] }, bus: "default", targets: [arn("sqs", "local")] },
      ],
      alarmsTo: {
        kinesis: arn("kinesis", "stream/alarms"),
        stepFunctions: arn("states", "stateMachine:alarms"),
        lambda: arn("lambda", "function:alarms"),
      },
      schedules: [
        { name: "nightly", expression: "cron(0 2 * * ? *)", zone: "Europe/Berlin" },
        {
          name: "drain",
          expression: "rate(5 minutes)",
          target: arn("lambda", "function:drain"),
          input: { dry: false },
        },
        { name: "count", expression: "rate(1 hour)", target: arn("kinesis", "stream/counts") },
      ],
      archive: { days: 30, pattern: { source: [{ "anything-but": "noise" }] } },
      partnerSources: ["aws.partner/example.com/shop/orders"],
      schemaRegistry: true,
      discoverer: true,
    },
  },
};

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Principal: unknown;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}
interface Target {
  readonly Arn: unknown;
  readonly RoleArn?: unknown;
  readonly DeadLetterConfig?: { readonly Arn: { readonly "Fn::GetAtt": [string, string] } };
  readonly RetryPolicy?: { readonly MaximumRetryAttempts: number };
}
interface Rule {
  readonly Name: string;
  readonly EventBusName?: string;
  readonly EventPattern: Record<string, unknown>;
  readonly Targets: readonly Target[];
}
type Resources<Properties> = Readonly<Record<string, { readonly Properties: Properties }>>;

const full = synthesize(FULL).template("Events");
const rulesOf = (template: Template): [string, Rule][] =>
  Object.entries(template.findResources("AWS::Events::Rule") as Resources<Rule>).map(([id, { Properties }]) => [
    id,
    Properties,
  ]);

/** A role's trust policy. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_TRUST_CHARS = 2048;

/** Whether ArnLike takes an ARN for one of a pattern, which has one `*` at most. */
function isLike(text: string, pattern: string): boolean {
  const [head, tail] = pattern.split("*");
  return tail === undefined ? text === pattern : text.startsWith(head) && text.endsWith(tail);
}

/** Template's values as they are once deployed: this account, this region, the names that the template gives. */
function deployed<T>(value: T): T {
  const text = JSON.stringify(value)
    .replaceAll('{"Ref":"AWS::Partition"}', '"aws"')
    .replaceAll('{"Ref":"AWS::AccountId"}', `"${HOME}"`);
  return JSON.parse(text, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || !("Fn::Join" in inner)) return inner;
    const [separator, parts] = inner["Fn::Join"] as [string, string[]];
    return parts.join(separator);
  }) as T;
}

describe("every rule", () => {
  it.each(rulesOf(full))("%s has retries, and a dead-letter queue that takes its events and no others", (id, rule) => {
    expect(rule.Targets.length).toBeGreaterThan(0);
    for (const target of rule.Targets) {
      expect(target.RetryPolicy?.MaximumRetryAttempts).toBeGreaterThan(0);
      const queue = target.DeadLetterConfig?.Arn["Fn::GetAtt"][0];
      const policies = Object.values(
        full.findResources("AWS::SQS::QueuePolicy", { Properties: { Queues: [{ Ref: queue }] } }) as Resources<{
          readonly PolicyDocument: { readonly Statement: readonly Statement[] };
        }>,
      ).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
      const sends = policies.filter(({ Effect, Action }) => Effect === "Allow" && Action === "sqs:SendMessage");
      expect(sends).toHaveLength(1);
      expect(sends[0]?.Principal).toEqual({ Service: "events.amazonaws.com" });
      expect(Object.keys(sends[0]?.Condition ?? {})).toEqual(["ArnEquals"]);
      const sources = sends[0]?.Condition?.ArnEquals?.["aws:SourceArn"];
      expect([sources].flat()).toContainEqual({ "Fn::GetAtt": [id, "Arn"] });
    }
  });

  it.each(rulesOf(full))("%s reaches its targets by a role that names it, or by their own policies", (id, rule) => {
    const bus = rule.EventBusName === undefined ? "" : `${rule.EventBusName}/`;
    const own = arn("events", `rule/${bus}${rule.Name}`);
    for (const target of deployed(rule.Targets)) {
      if (/^arn:aws:(lambda|sns|sqs):/.test(String(target.Arn))) {
        // A role may keep EventBridge from coming through to these.
        expect(target.RoleArn).toBeUndefined();
        if (!String(target.Arn).startsWith("arn:aws:lambda:")) continue;
        full.hasResourceProperties("AWS::Lambda::Permission", {
          FunctionName: target.Arn,
          Principal: "events.amazonaws.com",
          SourceArn: { "Fn::GetAtt": [id, "Arn"] },
        });
        continue;
      }
      const [roleId] = (target.RoleArn as { "Fn::GetAtt": [string] })["Fn::GetAtt"];
      const role = deployed(full.findResources("AWS::IAM::Role")[roleId]?.Properties) as {
        readonly AssumeRolePolicyDocument: { readonly Statement: readonly Statement[] };
        readonly Policies: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[];
      };
      const [trust] = role.AssumeRolePolicyDocument.Statement;
      expect(trust?.Principal).toEqual({ Service: "events.amazonaws.com" });
      const users = [trust?.Condition?.ArnLike?.["aws:SourceArn"]].flat().map(String);
      expect(users.filter((user) => isLike(own, user))).not.toEqual([]);
      expect(JSON.stringify(role.AssumeRolePolicyDocument).length).toBeLessThanOrEqual(MAX_TRUST_CHARS);
      expect(trust?.Condition?.StringEquals).toEqual({ "aws:SourceAccount": HOME });
      const resources = role.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement).flatMap(
        (statement) => statement.Resource,
      );
      expect(resources.every((resource) => !String(resource).includes("*"))).toBe(true);
      // The delivery stream is referred to by its attribute in the rule, and by its name in the policy.
      if (typeof target.Arn === "string") expect(resources).toContain(target.Arn);
    }
  });

  it("matches nothing that a replay brings again, unless it was asked to", () => {
    const events = eventFixtures().map(({ event }) => event);
    for (const [, { Name, EventPattern }] of rulesOf(full)) {
      const pattern = compilePattern(EventPattern);
      const again = events.filter((event) => pattern.matches({ ...event, "replay-name": "again" }));
      expect([Name, again.length > 0]).toEqual([Name, Name === "belfry-test-rule-databases"]);
    }
  });
});

describe("the Events stack", () => {
  it("brings what the shipped rules match to the bus: those that are on, those of the region", () => {
    const names = rulesOf(full)
      .filter(
        ([, { EventBusName, Targets }]) => EventBusName === undefined && JSON.stringify(Targets).includes("event-bus/"),
      )
      .map(([, { Name }]) => Name.replace("belfry-test-", ""));
    const expected = SHIPPED_RULES.filter(
      ({ name, isDefault, regions }) =>
        (isDefault || name === "s3-object-created") && name !== "root-api-call" && regions === undefined,
    ).map(({ name }) => name);
    expect(names.toSorted()).toEqual(expected.toSorted());
  });

  it("sends alarms to Kinesis, Step Functions and Lambda", () => {
    const [, rule] = rulesOf(full).find(([id]) => id === "Alarms") ?? [];
    expect(rule?.EventBusName).toBe("belfry-test-events");
    expect(rule?.Targets.map(({ Arn }) => String(Arn).split(":")[2])).toEqual(["kinesis", "states", "lambda"]);
    const pattern = compilePattern(rule?.EventPattern);
    for (const { event, rules } of eventFixtures()) {
      expect(pattern.matches(event)).toBe(rules.includes("alarm-state-change"));
    }
  });

  it("keeps an archive for so many days as is said, and for 90 when nothing is", () => {
    full.hasResourceProperties("AWS::Events::Archive", {
      RetentionDays: 30,
      EventPattern: { source: [{ "anything-but": "noise" }] },
    });
    const minimal = synthesize(MINIMAL).template("Events");
    minimal.hasResourceProperties("AWS::Events::Archive", { RetentionDays: 90, EventPattern: Match.absent() });
  });

  it("captures every event of the bus, one a line", () => {
    const [, rule] = rulesOf(full).find(([id]) => id === "Capture") ?? [];
    const pattern = compilePattern(rule?.EventPattern);
    for (const { event } of eventFixtures()) expect(pattern.matches(event)).toBe(true);
    full.hasResourceProperties("AWS::KinesisFirehose::DeliveryStream", {
      ExtendedS3DestinationConfiguration: {
        Prefix: Match.stringLikeRegexp("^events/"),
        ProcessingConfiguration: { Processors: [{ Type: "AppendDelimiterToRecord" }] },
      },
    });
  });

  it("makes schedules in a group, with time zone, retries and a dead-letter queue that their role may send to", () => {
    const schedules = Object.values(full.findResources("AWS::Scheduler::Schedule"));
    expect(schedules).toHaveLength(3);
    full.resourceCountIs("AWS::Scheduler::ScheduleGroup", 0);
    for (const { Properties } of schedules) {
      expect(Properties.GroupName).toBe("belfry-test-schedules");
      expect(Properties.Target.DeadLetterConfig.Arn).toBeDefined();
      expect(Properties.Target.RetryPolicy.MaximumRetryAttempts).toBeGreaterThan(0);
      expect(Properties.FlexibleTimeWindow).toEqual({ Mode: "OFF" });
    }
    full.hasResourceProperties("AWS::Scheduler::Schedule", {
      Name: "nightly",
      ScheduleExpression: "cron(0 2 * * ? *)",
      ScheduleExpressionTimezone: "Europe/Berlin",
      Target: { EventBridgeParameters: { Source: "belfry.schedule", DetailType: "Belfry Schedule" } },
    });
    full.hasResourceProperties("AWS::Scheduler::Schedule", {
      Name: "count",
      Target: { KinesisParameters: { PartitionKey: "count" } },
    });
    const roles = Object.values(
      full.findResources("AWS::IAM::Role", { Properties: { RoleName: "belfry-test-schedules-eu-west-1" } }),
    );
    const role = JSON.stringify(deployed(roles));
    expect(role).toContain(arn("scheduler", "schedule-group/belfry-test-schedules"));
    expect(role).toContain(arn("sqs", "belfry-test-schedules-dlq"));
  });

  it("takes a partner's bus by the name of its source, and brings its events to the Belfry bus", () => {
    const source = "aws.partner/example.com/shop/orders";
    full.hasResourceProperties("AWS::Events::EventBus", { Name: source, EventSourceName: source });
    full.hasResourceProperties("AWS::Events::Rule", { EventBusName: source, EventPattern: { source: [source] } });
  });

  it("has schemas where they are wanted, and so no key of its own on the bus", () => {
    full.resourceCountIs("AWS::EventSchemas::Registry", 1);
    full.resourceCountIs("AWS::EventSchemas::Discoverer", 1);
    const organization = synthesize(ORGANIZATION).template("Events");
    for (const template of [full, organization]) {
      for (const { Properties } of Object.values(template.findResources("AWS::Events::EventBus"))) {
        expect(Properties.KmsKeyIdentifier).toBeUndefined();
      }
    }
    organization.resourceCountIs("AWS::EventSchemas::Discoverer", 0);
  });
});

describe("the policy of the bus", () => {
  const ORGANIZATION_ID = ORGANIZATION.deploy?.organization?.id ?? "";
  const BUS = arn("events", "event-bus/belfry-test-events");

  /** Whether an account of an organization may put an event on the bus, its own policies allowing all. */
  async function mayPut(config: ConfigInput, account: string, organization: string, source: string | undefined) {
    const template = synthesize(config).template("Events");
    const policies = Object.values(
      template.findResources("AWS::Events::EventBusPolicy") as Resources<{ readonly Statement: Statement }>,
    );
    const statements = policies.map(({ Properties }) => ({ ...deployed(Properties.Statement), Resource: BUS }));
    const principal = `arn:aws:iam::${account}:role/sender`;
    const allowAll = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
    const outcome = await runSimulation(
      {
        identityPolicies: [{ name: "all", policy: allowAll }],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        ...(statements.length === 0 ? {} : { resourcePolicy: { Version: "2012-10-17", Statement: statements } }),
        request: {
          action: "events:PutEvents",
          principal,
          resource: { resource: BUS, accountId: HOME },
          contextVariables: {
            "aws:PrincipalArn": principal,
            "aws:PrincipalAccount": account,
            "aws:PrincipalOrgID": organization,
            ...(source === undefined ? {} : { "events:source": [source], "events:detail-type": ["Order Placed"] }),
          },
        },
      },
      {},
    );
    expect(outcome.resultType).not.toBe("error");
    return "overallResult" in outcome && outcome.overallResult === "Allowed";
  }

  const ACCOUNTS: ConfigInput = { deploy: { region: "eu-west-1", trustedAccounts: ["222233334444"] } };

  it.each([
    ["a member of the organization", ORGANIZATION, "222233334444", ORGANIZATION_ID, "aws.health", true],
    ["a member, of Belfry's own", ORGANIZATION, "222233334444", ORGANIZATION_ID, "belfry.canary", true],
    ["a member, of a source that is not trusted", ORGANIZATION, "222233334444", ORGANIZATION_ID, "shop", false],
    [
      "a member, of a source that EventBridge does not say",
      ORGANIZATION,
      "222233334444",
      ORGANIZATION_ID,
      undefined,
      true,
    ],
    [
      "a stranger, of a source that EventBridge does not say",
      ORGANIZATION,
      "999988887777",
      "o-zzzzzzzzzz",
      undefined,
      false,
    ],
    ["a stranger", ORGANIZATION, "999988887777", "o-zzzzzzzzzz", "aws.health", false],
    ["an account that is trusted", ACCOUNTS, "222233334444", "o-zzzzzzzzzz", "aws.health", true],
    ["an account that is not trusted", ACCOUNTS, "999988887777", "o-zzzzzzzzzz", "aws.health", false],
    ["another account, where all is one account", MINIMAL, "222233334444", "o-zzzzzzzzzz", "aws.health", false],
    ["this account", MINIMAL, HOME, "o-zzzzzzzzzz", "shop", true],
  ])("%s: %#", async (_, config, account, organization, source, expected) => {
    expect(await mayPut(config, account, organization, source)).toBe(expected);
  });
});
