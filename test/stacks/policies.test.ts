import { runSimulation } from "@cloud-copilot/iam-simulate";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../packages/core/src/config/load.ts";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { resolveIn, type TemplateJson } from "../../scripts/templates/resolve-template.ts";
import { collectorTemplate } from "../../stacks/collector.ts";
import { ORGANIZATION, synthesize } from "./support/synth.ts";

const CENTRAL = "111122223333";
const MEMBER = "222233334444";
const STRANGER = "999988887777";
const OURS = "o-a1b2c3d4e5";
const THEIRS = "o-z9y8x7w6v5";
const REGION = "us-east-1";
const HOME = "eu-west-1";

/** No organization: single accounts are trusted. */
const ACCOUNTS: ConfigInput = {
  deploy: { profile: "organization", region: HOME, regions: [REGION], trustedAccounts: [MEMBER] },
};

/** An account's administrator, in an organization or in none. */
interface Caller {
  readonly account: string;
  readonly organization?: string;
}

/** What the resources of a configuration allow, as AWS's rules for policies of both sides have it. */
function world(config: ConfigInput) {
  const synthesized = synthesize(config);
  const templateOf = (name: string) => synthesized.template(name).toJSON() as TemplateJson;
  const edge = templateOf(`Edge-${REGION}`);
  const inEdge = resolveIn(edge, { account: CENTRAL, region: REGION });
  const find = (template: TemplateJson, type: string) =>
    Object.values(template.Resources).filter((resource) => resource.Type === type);
  const [destination] = find(edge, "AWS::Logs::Destination");
  const [sink] = find(edge, "AWS::Oam::Sink");
  const bus = templateOf("Events");
  const inHome = resolveIn(bus, { account: CENTRAL, region: HOME });
  return {
    destination: {
      arn: `arn:aws:logs:${REGION}:${CENTRAL}:destination:belfry-test-logs`,
      policy: JSON.parse(String(inEdge(destination?.Properties?.["DestinationPolicy"]))) as object,
    },
    sink: { policy: inEdge(sink?.Properties?.["Policy"]) as object },
    bus: {
      arn: `arn:aws:events:${HOME}:${CENTRAL}:event-bus/belfry-test-events`,
      policy: {
        Version: "2012-10-17",
        Statement: find(bus, "AWS::Events::EventBusPolicy").map(({ Properties }) => inHome(Properties?.["Statement"])),
      },
    },
    roles: find(edge, "AWS::IAM::Role").map(({ Properties }) => inEdge(Properties) as Record<string, unknown>),
  };
}

interface Request {
  readonly action: string;
  readonly resource: string;
  readonly owner?: string;
  readonly policy: object;
  readonly caller: Caller;
  /** What the caller's own account allows; all when absent. */
  readonly identity?: object;
  readonly context?: Readonly<Record<string, string | string[]>>;
  readonly principal?: string;
}

const EVERYTHING = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

async function isAllowed(request: Request): Promise<boolean> {
  const { action, resource, owner = CENTRAL, policy, caller, identity = EVERYTHING, context = {} } = request;
  const principal = request.principal ?? `arn:aws:iam::${caller.account}:role/administrator`;
  const outcome = await runSimulation(
    {
      identityPolicies: [{ name: "identity", policy: identity }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: policy,
      request: {
        action,
        principal,
        resource: { resource, accountId: owner },
        contextVariables: {
          "aws:PrincipalArn": principal,
          "aws:PrincipalAccount": caller.account,
          ...(caller.organization === undefined ? {} : { "aws:PrincipalOrgID": caller.organization }),
          ...context,
        },
      },
    },
    {},
  );
  expect(outcome.resultType, JSON.stringify(outcome)).not.toBe("error");
  return "overallResult" in outcome && outcome.overallResult === "Allowed";
}

const CALLERS: readonly [string, ConfigInput, Caller, boolean][] = [
  ["a member of the organization", ORGANIZATION, { account: MEMBER, organization: OURS }, true],
  ["a member of another organization", ORGANIZATION, { account: STRANGER, organization: THEIRS }, false],
  ["an account of no organization", ORGANIZATION, { account: STRANGER }, false],
  ["a trusted account", ACCOUNTS, { account: MEMBER }, true],
  ["an account that nobody trusts", ACCOUNTS, { account: STRANGER, organization: OURS }, false],
];

const worlds = new Map([ORGANIZATION, ACCOUNTS].map((config) => [config, world(config)]));
const worldOf = (config: ConfigInput) => worlds.get(config) ?? world(config);

describe.each(CALLERS)("%s", (_, config, caller, expected) => {
  const { destination, bus, sink } = worldOf(config);

  it(`${expected ? "may" : "may not"} subscribe log groups to the Destination`, async () => {
    const { arn: resource, policy } = destination;
    const { Statement: statements } = policy as { Statement: { Action: string[]; Resource: string }[] };
    // The second action knows no resources but here, so the simulator takes the first alone: each statement has both.
    for (const { Action, Resource } of statements) {
      expect({ Action, Resource }).toEqual({
        Action: ["logs:PutSubscriptionFilter", "logs:PutAccountPolicy"],
        Resource: resource,
      });
    }
    expect(await isAllowed({ action: "logs:PutSubscriptionFilter", resource, policy, caller })).toBe(expected);
  });

  it(`${expected ? "may" : "may not"} put events on the bus`, async () => {
    const { arn: resource, policy } = bus;
    const context = { "events:source": ["aws.health"], "events:detail-type": ["AWS Health Event"] };
    expect(await isAllowed({ action: "events:PutEvents", resource, policy, caller, context })).toBe(expected);
  });

  it(`${expected ? "may" : "may not"} link metrics to the sink`, async () => {
    const resource = `arn:aws:oam:${REGION}:${CENTRAL}:sink/12345678-1234-1234-1234-123456789012`;
    const context = { "oam:ResourceTypes": ["AWS::CloudWatch::Metric"] };
    expect(await isAllowed({ action: "oam:CreateLink", resource, policy: sink.policy, caller, context })).toBe(
      expected,
    );
  });
});

describe("the collector's roles in a member account", () => {
  const template = collectorTemplate(parseConfig(ORGANIZATION, "test"), "test") as TemplateJson;
  const resolve = resolveIn(template, { account: MEMBER, region: REGION });
  const roles = Object.values(template.Resources).filter(({ Type }) => Type === "AWS::IAM::Role");
  const named = (what: string) => {
    const found = roles.map(({ Properties }) => resolve(Properties) as RoleProperties);
    return found.find(({ RoleName }) => RoleName === `belfry-test-${what}-${REGION}`) as RoleProperties;
  };

  it("may put events on the Belfry bus and on no other", async () => {
    const { bus } = worldOf(ORGANIZATION);
    const [role] = named("events-forward").Policies;
    const caller = { account: MEMBER, organization: OURS };
    const context = { "events:source": ["aws.health"], "events:detail-type": ["AWS Health Event"] };
    const put = (resource: string, policy: object) =>
      isAllowed({
        action: "events:PutEvents",
        resource,
        policy,
        caller,
        context,
        identity: withCentral(role?.PolicyDocument),
      });
    expect(await put(bus.arn, bus.policy)).toBe(true);
    const other = bus.arn.replace("belfry-test-events", "other");
    expect(await put(other, { Version: "2012-10-17", Statement: [{ ...OPEN, Action: "events:PutEvents" }] })).toBe(
      false,
    );
  });

  it("are taken on for rules and log groups of the account itself, and for no other account", async () => {
    for (const [what, service, source] of [
      ["events-forward", "events.amazonaws.com", `arn:aws:events:${REGION}:MEMBER:rule/belfry-test-health-event`],
      ["subscription", "logs.amazonaws.com", `arn:aws:logs:${REGION}:MEMBER:*`],
    ] as const) {
      const { AssumeRolePolicyDocument: trust, RoleName: name } = named(what);
      const assume = (account: string) =>
        isAssumed(trust, MEMBER, name, service, { account, arn: source.replace("MEMBER", account) });
      expect(await assume(MEMBER)).toBe(true);
      expect(await assume(STRANGER)).toBe(false);
    }
  });
});

describe("the role by which a Destination writes to the stream", () => {
  const roleIn = (config: ConfigInput) =>
    worldOf(config).roles.find(
      ({ RoleName }) => RoleName === `belfry-test-destination-${REGION}`,
    ) as unknown as RoleProperties;

  it.each<[string, ConfigInput, Caller, boolean]>([
    ["for the central account, whose test message it is", ORGANIZATION, { account: CENTRAL, organization: OURS }, true],
    ["for a member of the organization", ORGANIZATION, { account: MEMBER, organization: OURS }, true],
    ["for a member whose organization CloudWatch Logs does not say", ORGANIZATION, { account: MEMBER }, true],
    ["not for a stranger", ORGANIZATION, { account: STRANGER, organization: THEIRS }, false],
    ["for a trusted account", ACCOUNTS, { account: MEMBER }, true],
    ["not for an account that nobody trusts", ACCOUNTS, { account: STRANGER }, false],
  ])("is taken on %s", async (_, config, { account, organization }, expected) => {
    const { AssumeRolePolicyDocument: trust, RoleName: name } = roleIn(config);
    const arn = `arn:aws:logs:${REGION}:${account}:*`;
    const source = { account, arn, ...(organization === undefined ? {} : { organization }) };
    expect(await isAssumed(trust, CENTRAL, name, "logs.amazonaws.com", source)).toBe(expected);
  });
});

const OPEN = { Effect: "Allow", Principal: "*", Resource: "*" };

interface RoleProperties {
  readonly RoleName: string;
  readonly AssumeRolePolicyDocument: object;
  readonly Policies: readonly { readonly PolicyDocument: object }[];
}

/** A policy in which the parameter for the central account has its value. */
function withCentral(policy: object | undefined): object {
  return JSON.parse(JSON.stringify(policy).replaceAll("CentralAccount", CENTRAL)) as object;
}

interface Source {
  readonly account: string;
  readonly arn: string;
  readonly organization?: string;
}

/** Whether a service may take on a role on behalf of a source. */
function isAssumed(trust: object, owner: string, role: string, service: string, source: Source): Promise<boolean> {
  const context: Record<string, string> = {
    "aws:SourceAccount": source.account,
    "aws:SourceArn": source.arn,
    ...(source.organization === undefined ? {} : { "aws:SourceOrgID": source.organization }),
  };
  const resource = `arn:aws:iam::${owner}:role/${role}`;
  return isAllowed({
    action: "sts:AssumeRole",
    resource,
    owner,
    policy: trust,
    caller: { account: owner },
    principal: service,
    context,
  });
}
