import { CfnResource, Stack, Token } from "aws-cdk-lib";
import { CfnLogGroup, CfnSubscriptionFilter } from "aws-cdk-lib/aws-logs";
import type { IConstruct } from "constructs";
import { LOG_WRITERS, type LogReference, type Properties } from "./log-writers.ts";
import { APP } from "./names.ts";
import type { StackContext } from "./stack-context.ts";

/**
 * Log groups of services that write there when something is traced: with Transaction Search on, Belfry's own spans are among them.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Transaction-Search.html
 */
export const SERVICE_LOG_GROUPS: readonly string[] = ["aws/spans", "/aws/application-signals/data"];

const SOURCE = "belfry:log-source";

/** Marks a log group as one that Belfry makes for others to write to, such as VPC flow logs: it is taken in, not left out. */
export function markLogSource(logGroup: IConstruct): void {
  logGroup.node.addMetadata(SOURCE, true);
}

/**
 * The log groups that a region's account-level subscription leaves out, so that no log can come back to itself: all of Belfry's own in that region, those of
 * services that log what Belfry does, and those that the configuration names. Complete only once all stacks are built: ask lazily.
 */
export function excludedLogGroups(stack: Stack, { deployment, region }: StackContext): readonly string[] {
  const names = [...SERVICE_LOG_GROUPS, ...ownLogGroups(stack, region), ...deployment.ingest.exclude];
  return [...new Set(names)].sort();
}

/** The names of all log groups that Belfry makes for its own logs in a region, in whichever stack. */
export function ownLogGroups(scope: IConstruct, region: string): readonly string[] {
  return resourcesOf(scope.node.root)
    .filter((resource) => Stack.of(resource).region === region)
    .flatMap((resource) => (isOwnLogGroup(resource) ? fixedName(resource) : []));
}

/**
 * Makes the synthesis of a stack fail when something in it could feed Belfry its own log: it logs to a group that AWS names, that stands in no stack of the
 * region, or that is taken in as a source; or a subscription is put on one of Belfry's own log groups.
 */
export function guardOwnLogs(stack: Stack): void {
  stack.node.addValidation({ validate: () => loopProblems(stack) });
}

function loopProblems(stack: Stack): string[] {
  const own = new Set(ownLogGroups(stack, stack.region));
  return resourcesOf(stack)
    .filter((resource) => Stack.of(resource) === stack)
    .flatMap((resource) => problemsOf(resource, own).map((problem) => `${resource.node.path}: ${problem}`));
}

function problemsOf(resource: CfnResource, own: ReadonlySet<string>): string[] {
  const type = resource.cfnResourceType;
  if (isOwnLogGroup(resource) && fixedName(resource).length === 0) {
    return ["a log group of Belfry's own needs a fixed name, by which subscriptions leave it out"];
  }
  const properties = propertiesOf(resource);
  if (type === CfnSubscriptionFilter.CFN_RESOURCE_TYPE_NAME) {
    const name = properties["LogGroupName"];
    return typeof name === "string" && own.has(name)
      ? [`subscribes to ${name}, which is a log of Belfry's own: it would come back to itself`]
      : [];
  }
  // The log group of a canary has a generated name that begins with the canary's: the pipeline drops those of Belfry's own by it.
  if (type === "AWS::Synthetics::Canary" && !String(properties["Name"]).startsWith(`${APP}-`)) {
    return [`a canary's name begins with ${APP}-, by which the pipeline knows its log`];
  }
  const references = LOG_WRITERS[type]?.(properties) ?? [];
  return references.flatMap((reference) => writerProblem(resource, reference, own) ?? []);
}

function writerProblem(writer: CfnResource, reference: LogReference, own: ReadonlySet<string>): string | undefined {
  const type = writer.cfnResourceType;
  if (reference === undefined) {
    return `${type} writes its log to a group that AWS chooses: give it one of its own with a fixed name (ownLogGroup)`;
  }
  const name = logGroupName(Stack.of(writer), reference);
  if (name === undefined || own.has(name)) return undefined;
  return `${type} writes its log to ${name}, which is no log group that Belfry makes for its own logs: subscriptions would bring it back`;
}

/** The name of the log group that a template refers to by name, by ARN, or as a resource of the same stack; undefined for what is no log group, such as a bucket. */
function logGroupName(stack: Stack, reference: LogReference): string | undefined {
  const { Ref: ref, "Fn::GetAtt": attribute, "Fn::Join": join } = reference as Readonly<Record<string, unknown>>;
  const text = typeof reference === "string" ? reference : Array.isArray(join) ? textOf(join[1]) : undefined;
  if (text !== undefined) return text.startsWith("arn:") ? LOG_GROUP_ARN.exec(text)?.[1] : text;
  const id = Array.isArray(attribute) ? attribute[0] : ref;
  const target = resourcesOf(stack).find((resource) => stack.resolve(resource.logicalId) === id);
  if (target === undefined) return JSON.stringify(reference);
  if (!(target instanceof CfnLogGroup)) return undefined;
  return fixedName(target)[0] ?? target.node.path;
}

const LOG_GROUP_ARN = /:log-group:([^:*]+)/;

/** The text of a join, in which anything that is known only when it is deployed is a dot. */
function textOf(parts: unknown): string {
  return Array.isArray(parts) ? parts.map((part) => (typeof part === "string" ? part : ".")).join("") : "";
}

function isOwnLogGroup(resource: CfnResource): resource is CfnLogGroup {
  if (!(resource instanceof CfnLogGroup)) return false;
  const parent = resource.node.scope;
  return ![resource, parent].some((construct) => construct?.node.metadata.some(({ type }) => type === SOURCE));
}

function fixedName({ logGroupName }: CfnLogGroup): string[] {
  return logGroupName === undefined || Token.isUnresolved(logGroupName) ? [] : [logGroupName];
}

function resourcesOf(scope: IConstruct): CfnResource[] {
  return scope.node.findAll().filter((construct) => CfnResource.isCfnResource(construct));
}

/** What the template says of a resource, with all that was written over it. */
function propertiesOf(resource: CfnResource): Properties {
  const { Resources: resources } = Stack.of(resource).resolve(resource._toCloudFormation()) as {
    Resources: Record<string, { Properties?: Properties }>;
  };
  return Object.values(resources)[0]?.Properties ?? {};
}
