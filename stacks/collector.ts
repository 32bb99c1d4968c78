import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  App,
  Aws,
  BootstraplessSynthesizer,
  CfnCondition,
  CfnParameter,
  Fn,
  type IStackSynthesizer,
  Stack,
} from "aws-cdk-lib";
import { CfnRule } from "aws-cdk-lib/aws-events";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import { CfnLink } from "aws-cdk-lib/aws-oam";
import { CfnQueue, CfnQueuePolicy } from "aws-cdk-lib/aws-sqs";
import { type Deployment, resolveDeployment } from "../packages/core/src/config/deploy/deployment.ts";
import type { Config } from "../packages/core/src/config/schema.ts";
import { addAccountSubscription } from "./constructs/account-subscription.ts";
import { SHARED_TYPES } from "./edge.ts";
import { DESTINATION } from "./edge-destination.ts";
import { EVENT_BUS } from "./event-bus.ts";
import { type Names, namesOf } from "./names.ts";
import { SERVICE_LOG_GROUPS } from "./own-log-groups.ts";
import { type ShippedRule, withoutReplays } from "./rules/shipped-rule.ts";
import { enabledRules, HEALTH_RULE } from "./rules/shipped-rules.ts";

/** A template's body as a request, and a StackSet, takes it. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export const MAX_TEMPLATE_BYTES = 51_200;

/** The parameters of the collector's template. */
export const COLLECTOR_PARAMETERS = { account: "CentralAccount", sink: "SinkArn", scope: "Scope" } as const;
/** What the collector does in a region: all, or only bring events of global services and AWS Health's copies. */
export const COLLECTOR_SCOPES = { all: "all", globalEvents: "global-events" } as const;

/** What the parameter of the sink is where there is none. */
export const NO_SINK = "none";

/**
 * The template of the member collector: what a member account needs in each region so that its logs, events and metrics come to the central account. It is the same for
 * all accounts and regions, has no assets and no function, and can be deployed by a StackSet or by hand, without the CDK's bootstrap.
 * Raises an error when it is too large for a StackSet.
 */
export function collectorTemplate(config: Config, stage: string): object {
  const folder = mkdtempSync(join(tmpdir(), "belfry-collector-"));
  try {
    const app = new App({ outdir: folder, analyticsReporting: false });
    // Its type does not know of optional properties that may be undefined.
    const synthesizer = new BootstraplessSynthesizer() as IStackSynthesizer;
    const stack = new Stack(app, "Collector", { synthesizer, description: "Belfry: member collector" });
    const deployment = resolveDeployment(config.deploy);
    addCollector(stack, deployment, namesOf(stage, deployment.region));
    return sized(app.synth().getStackArtifact(stack.artifactId).template);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function sized(template: object): object {
  const bytes = Buffer.byteLength(JSON.stringify(template));
  if (bytes > MAX_TEMPLATE_BYTES) {
    throw new Error(
      `the collector's template has ${bytes} bytes, CloudFormation takes ${MAX_TEMPLATE_BYTES}: shorten deploy.ingest.exclude`,
    );
  }
  return template;
}

function addCollector(stack: Stack, deployment: Deployment, names: Names): void {
  const { account, sink, scope } = addParameters(stack, deployment);
  const isAll = new CfnCondition(stack, "TakesAll", {
    expression: Fn.conditionEquals(scope, COLLECTOR_SCOPES.all),
  });
  addSubscription(stack, deployment, names, account, isAll);
  addLink(stack, sink);
  addRules(stack, deployment, names, account, isAll);
}

function addParameters(stack: Stack, { account }: Deployment): { account: string; sink: string; scope: string } {
  const make = (id: string, props: ConstructorParameters<typeof CfnParameter>[2]) =>
    new CfnParameter(stack, id, props).valueAsString;
  return {
    account: make(COLLECTOR_PARAMETERS.account, {
      description: "Id of the account to which logs, events and metrics go",
      allowedPattern: "^[0-9]{12}$",
      ...(account === undefined ? {} : { default: account }),
    }),
    sink: make(COLLECTOR_PARAMETERS.sink, {
      description: `ARN of this region's sink (output of the edge stack); ${NO_SINK} shares no metrics`,
      allowedPattern: `^(arn:.+|${NO_SINK})$`,
      default: NO_SINK,
    }),
    scope: make(COLLECTOR_PARAMETERS.scope, {
      description: "global-events in us-east-1 and us-west-2 when Belfry takes in nothing else from there",
      allowedValues: Object.values(COLLECTOR_SCOPES),
      default: COLLECTOR_SCOPES.all,
    }),
  };
}

/** Everything that the account logs in the region, by way of the region's Destination. */
function addSubscription(
  stack: Stack,
  { ingest }: Deployment,
  names: Names,
  account: string,
  isAll: CfnCondition,
): void {
  const role = addRole(stack, "SubscriptionRole", names.role("subscription", Aws.REGION), {
    service: "logs.amazonaws.com",
    sourceArn: `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:*`,
    action: "logs:PutLogEvents",
    resource: `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:*`,
  });
  const subscription = addAccountSubscription(stack, "Subscription", {
    region: Aws.REGION,
    destinationArn: `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${account}:destination:${names.of(DESTINATION)}`,
    roleArn: role.attrArn,
    filterPattern: ingest.filterPattern,
    exclude: () => [...new Set([...SERVICE_LOG_GROUPS, ...ingest.exclude])].sort(),
  });
  for (const resource of [role, subscription]) resource.cfnOptions.condition = isAll;
}

/** Lets the central account see metrics, log groups and traces where they are. https://docs.aws.amazon.com/OAM/latest/APIReference/API_CreateLink.html */
function addLink(stack: Stack, sink: string): void {
  const link = new CfnLink(stack, "Link", {
    sinkIdentifier: sink,
    labelTemplate: "$AccountName",
    resourceTypes: [...SHARED_TYPES],
  });
  link.cfnOptions.condition = new CfnCondition(stack, "HasSink", {
    expression: Fn.conditionNot(Fn.conditionEquals(sink, NO_SINK)),
  });
}

/** Brings what the shipped rules match to the Belfry bus; a role must say so, because the bus is open to an organization. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html */
function addRules(stack: Stack, deployment: Deployment, names: Names, account: string, isAll: CfnCondition): void {
  const rules = enabledRules(deployment.events.shipped);
  if (rules.length === 0) return;
  const busArn = `arn:${Aws.PARTITION}:events:${deployment.region}:${account}:event-bus/${names.of(EVENT_BUS)}`;
  const sourceArn = `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/${names.of("*")}`;
  const role = addRole(stack, "EventsRole", names.role("events-forward", Aws.REGION), {
    service: "events.amazonaws.com",
    sourceArn,
    action: "events:PutEvents",
    resource: busArn,
  });
  const queue = addQueue(stack, names, sourceArn);
  for (const rule of rules) {
    const made = new CfnRule(stack, `Rule-${rule.name}`, {
      name: names.of(rule.name),
      eventPattern: withoutReplays(rule.pattern),
      targets: [
        {
          id: "belfry-bus",
          arn: busArn,
          roleArn: role.attrArn,
          deadLetterConfig: { arn: queue.attrArn },
        },
      ],
    });
    const condition = conditionOf(stack, rule, isAll);
    if (condition !== undefined) made.cfnOptions.condition = condition;
  }
}

/** Where a rule is: in its regions, where it has such; AWS Health's everywhere; others where all is taken in. */
function conditionOf(stack: Stack, rule: ShippedRule, isAll: CfnCondition): CfnCondition | undefined {
  if (rule.name === HEALTH_RULE) return undefined;
  if (rule.regions === undefined) return isAll;
  const id = `In-${rule.regions.join("-")}`;
  const known = stack.node.tryFindChild(id) as CfnCondition | undefined;
  const equal = rule.regions.map((region) => Fn.conditionEquals(Aws.REGION, region));
  return known ?? new CfnCondition(stack, id, { expression: equal.length > 1 ? Fn.conditionOr(...equal) : equal[0] });
}

interface RoleProps {
  readonly service: string;
  readonly sourceArn: string;
  readonly action: string;
  readonly resource: string;
}

/** A role that a service takes on for this account alone, and that may do one thing. */
function addRole(stack: Stack, id: string, roleName: string, props: RoleProps): CfnRole {
  const { service, sourceArn, action, resource } = props;
  const allow = (statement: object) => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
  return new CfnRole(stack, id, {
    roleName,
    assumeRolePolicyDocument: allow({
      Action: "sts:AssumeRole",
      Principal: { Service: service },
      Condition: {
        StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID },
        ArnLike: { "aws:SourceArn": sourceArn },
      },
    }),
    policies: [{ policyName: "send", policyDocument: allow({ Action: action, Resource: resource }) }],
  });
}

/** SQS keeps messages at most so long. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const LONGEST_SECONDS = 14 * 86_400;

/** Holds the events that could not be brought to the bus. */
function addQueue(stack: Stack, names: Names, sourceArn: string): CfnQueue {
  const queue = new CfnQueue(stack, "Undelivered", {
    queueName: names.of("events-dlq"),
    messageRetentionPeriod: LONGEST_SECONDS,
    sqsManagedSseEnabled: true,
  });
  new CfnQueuePolicy(stack, "UndeliveredPolicy", {
    queues: [queue.ref],
    policyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: queue.attrArn,
          Condition: { ArnLike: { "aws:SourceArn": sourceArn } },
        },
        {
          Effect: "Deny",
          Principal: "*",
          Action: "sqs:*",
          Resource: queue.attrArn,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    },
  });
  return queue;
}
