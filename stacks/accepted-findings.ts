import { type App, CfnResource, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import type { IConstruct } from "constructs";
import { APP } from "./names.ts";

/** A finding of cdk-nag that is as it should be. Rules: https://github.com/cdklabs/cdk-nag/blob/main/RULES.md */
export interface AcceptedFinding {
  /** With the finding in brackets where the rule has several: `AwsSolutions-IAM5[Resource::*]`. */
  readonly rule: RegExp;
  /** Matches paths of constructs, from the stack's name without stage and application: `Foundation/ArchiveBucket/Resource`. */
  readonly where: RegExp;
  readonly reason: string;
}

/** All that is accepted, and why. A test refuses an entry that explains nothing. */
export const ACCEPTED_FINDINGS: readonly AcceptedFinding[] = [
  {
    rule: /^AwsSolutions-S1$/,
    where: /\/(Archive|Failures|Trail)Bucket\/Resource$/,
    reason:
      "access logs of the buckets that logs are written to would be more than the logs; an organization's trail with data events records who reads them",
  },
  {
    rule: /^AwsSolutions-S1$/,
    where: /^Canaries\/CanariesBucket\/Resource$/,
    reason:
      "pictures and reports of pages that anybody may look at, kept for a month; an organization's trail with data events records who reads them",
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:logs:[^*]+:log-group:\/aws\/lambda\/cwsyn-[^*]+-\*\]$/,
    where: /^Canaries[^/]*\/Managed-[^/]+\/Role\/Resource$/,
    reason:
      "the log group of one canary of CloudWatch Synthetics, which completes its name with an id when it makes it",
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::\*\]$/,
    where: /Role\/Resource$/,
    reason: "only for actions that know no resources, such as X-Ray's; a test names them and refuses every other",
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:s3:::[^*]+\/\*\]$/,
    where: /Role\/Resource$/,
    reason: "objects below a prefix of one bucket, whose keys are made when they are written",
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:kms:[^*]+:key\/\*\]$/,
    where:
      /^(Edge-[^/]+\/DestinationRole|Canaries-[^/]+\/Canary\w+\/Role|Canaries-[^/]+\/Managed-[^/]+\/Role)\/Resource$/,
    reason:
      "one key of the home region, named by its alias in a condition, because its ARN is not known in other regions",
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:logs:[^*]+:log-group:\*\]$/,
    where:
      /^(Edge-[^/]+\/SubscriptionRole|LogSources-[^/]+\/ApiGatewayRole|Upkeep\/(ArchiveExport|LogsRetention)\/Role)\/Resource$/,
    reason:
      "for all log groups of the account by its meaning: the subscription of them all, their retention, their export, and APIs that are yet to come",
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::(\*|arn:<AWS::Partition>:(kinesis|dynamodb):[^*]+(\/consumer\/|-kcl-)\*(\/index\/\*)?)\]$/,
    where: /^Consumers\/ReaderPolicy$/,
    reason:
      "consumers of one stream, and tables and metrics of programs that are not known here, all under a prefix of this stage",
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::<TransformFirehose\w+\.Arn>:\*\]$/,
    where: /^Archive\/DirectStreamRole\/Resource$/,
    reason: "the versions of one function, one of which a delivery stream names",
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::arn:(<AWS::Partition>|aws[\w-]*):es:[^*]+:domain\/[^*/]+\/[^\]]+\]$/,
    where: /^Search\/(SearchSetup\/Role|SearchStreamRole)\/Resource$/,
    reason: "paths of one domain's HTTP interface, below which the names of templates, policies and indices stand",
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:(es|aoss):[^*]+:(domain|collection)\/\*(\/[^\]]+)?\]$/,
    where: /^(Search\/SearchSetup|Ingest\/\w+)\/Role\/Resource$/,
    reason:
      "a cluster that was there before, of which the configuration knows the address alone; deploy.search.arn cuts it down to the one",
  },
  {
    rule: /^AwsSolutions-OS7$/,
    where: /^Search\/Domain$/,
    reason: "one zone where deploy.search.zones says 1, for trying it out; the default is two, with zone awareness",
  },
  {
    rule: /^AwsSolutions-OS[13]$/,
    where: /^Search\/Domain$/,
    reason:
      "the functions that write are in no VPC and have no address of their own; who may call is said by identities: a signature, the domain's policy, its fine-grained access control",
  },
  {
    rule: /^AwsSolutions-OS4$/,
    where: /^Search\/Domain$/,
    reason: "for some ten instances and more, for which deploy.search.dedicatedMasters has them; fewer need none",
  },
  {
    rule: /^AwsSolutions-KDS3$/,
    where: /^Ingest\/LogStream$/,
    reason: "the stream is encrypted, with the key that deploy.encryption chooses: the customer's own",
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:(ec2:\*:.+:instance\/\*|ssm:\*:.*:(document\/[\w.-]+|automation-execution\/\*))\]$/,
    where: /^Alerting\/AlertCorrect\/Role\/Resource$/,
    reason:
      "what corrective actions run, in whatever region an alarm is of: named documents, their executions, whose ids are made then, and of instances those alone that carry a tag for it",
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::arn:[^:]+:states:[^\]]+:execution:[^\]]+:belfry-\*\]$/,
    where: /^Alerting\/AlertCorrect\/Role\/Resource$/,
    reason: "executions of one state machine that Belfry has started, whose names are made then and begin so",
  },
  {
    rule: /^AwsSolutions-SMG4$/,
    where: /^Alerting\/LinkSecret$/,
    reason:
      "links in messages that were sent must go on working for as long as they are good, 36 hours; another value, which ends them all, is given to it when it has leaked",
  },
  {
    rule: /^AwsSolutions-SQS3$/,
    where: /Dlq\/Resource$/,
    reason: "it is a dead-letter queue itself, of rules and schedules, at which cdk-nag does not look",
  },
];

/** Acknowledges each accepted finding on the construct that has it, with its reason, so that cdk-nag reports the others alone. Returns the entries that explained something. */
export function acknowledgeFindings(app: App): ReadonlySet<AcceptedFinding> {
  const used = new Set<AcceptedFinding>();
  const resources = new Map(resourcesOf(app).map((resource) => [resource.node.path, resource]));
  for (const { ruleName, violatingResources } of new AwsSolutionsChecks().validateScope(app).violations) {
    for (const { constructPath } of violatingResources) {
      const place = placeOf(constructPath ?? "");
      const accepted = ACCEPTED_FINDINGS.find(({ rule, where }) => rule.test(ruleName) && where.test(place));
      const resource = resources.get(constructPath ?? "");
      if (accepted === undefined || resource === undefined) continue;
      used.add(accepted);
      Validations.of(resource).acknowledge({ id: ruleName, reason: accepted.reason });
    }
  }
  return used;
}

function resourcesOf(app: App): IConstruct[] {
  return app.node.findAll().filter((construct) => CfnResource.isCfnResource(construct));
}

/** A path without stage and application, which `where` knows nothing of. */
function placeOf(path: string): string {
  return path.slice(path.indexOf(`-${APP}-`) + APP.length + 2);
}
