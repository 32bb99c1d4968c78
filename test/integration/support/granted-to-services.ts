import type { IamCall } from "../../support/recording-aws.ts";

/** Permissions that a function's role has for a service that acts by it, not for the function's own calls. */
export interface ServiceGrant {
  readonly actions: readonly string[];
  /** Resources that it is needed on. */
  readonly on: RegExp;
  readonly why: string;
}

export const NEEDED_BY_SERVICES: readonly ServiceGrant[] = [
  {
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    on: /:log-group:\/belfry\//,
    why: "Lambda writes the function's log. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
  },
  {
    actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
    on: /^\*$/,
    why: "Lambda's X-Ray daemon sends the segments. https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html",
  },
  {
    actions: [
      "kinesis:DescribeStream",
      "kinesis:DescribeStreamSummary",
      "kinesis:GetRecords",
      "kinesis:GetShardIterator",
      "kinesis:ListShards",
    ],
    on: /:stream\/belfry-test-logs$/,
    why: "Lambda polls the stream. https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html",
  },
  {
    actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    on: /:belfry-test-(objects|alerts|timers|outbox|corrections)$/,
    why: "Lambda polls the queue. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
  },
  {
    actions: ["sqs:SendMessage"],
    on: /:belfry-test-alarm-action-dlq$/,
    why: "Lambda keeps what failed. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",
  },
  {
    actions: ["sqs:SendMessage"],
    on: /:belfry-test-canary-[\w-]+-dlq$/,
    why: "Lambda keeps what failed. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",
  },
  {
    actions: ["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
    on: /:::belfry-test-canaries-[^/]+(\/baselines\/\*)?$/,
    why: "A visual canary reads and keeps pictures once there is a browser and a page, which are in the test of the bundles.",
  },
  {
    actions: ["organizations:ListAccounts"],
    on: /^\*$/,
    why: "AWS Health asks for it of who asks for an organization's events. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awshealthapisandnotifications.html",
  },
  {
    actions: ["ses:SendEmail"],
    on: /:(identity|configuration-set)\//,
    why: "SES asks of the identity that is verified, the address or its domain, and of the configuration set. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsesv2.html",
  },
  {
    actions: ["ssm:StartAutomationExecution"],
    on: /:document\//,
    why: "Systems Manager asks for the document beside the execution. https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-identity-based-policies.html",
  },
  {
    actions: ["iam:PassRole"],
    on: /:role\/drain-host$/,
    why: "Systems Manager asks whether who starts a document may give it the role. https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-iam.html",
  },
  {
    actions: ["ec2:StartInstances", "ec2:StopInstances", "ec2:DescribeInstances", "ec2:DescribeInstanceStatus"],
    on: /:instance\/\*$|^\*$/,
    why: "AWS-RestartEC2Instance acts as the function that starts it. https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/automation-aws-restartec2instance.html",
  },
  {
    actions: ["ssm:GetAutomationExecution", "states:DescribeExecution"],
    on: /./,
    why: "The function asks what came of an execution, ten seconds after it has started it: later than these tests wait.",
  },
  {
    actions: ["kms:Decrypt"],
    on: /:key\/9876fedc-/,
    why: "Secrets Manager and the Parameter Store decrypt by it for who reads a secret. https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
  },
  {
    actions: ["s3:PutObject", "s3:ListBucket"],
    on: /:::belfry-test-failures-[^/]+(\/aws\/lambda\/\*)?$/,
    why: "Lambda keeps what failed. https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html",
  },
  {
    actions: ["s3:PutObject"],
    on: /:::belfry-test-archive-[^/]+\/exports\/\*$/,
    why: "CloudWatch Logs asks whether who creates an export task may write to its bucket. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3ExportTasks.html",
  },
];

interface KeyUse {
  readonly call: RegExp;
  readonly needs: readonly string[];
}

/**
 * What services ask of the key on behalf of who calls them: S3 for each object, Kinesis for each put, DynamoDB for each item.
 * https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html
 */
const KEY_USES: readonly KeyUse[] = [
  { call: /^s3:PutObject$/, needs: ["kms:GenerateDataKey"] },
  { call: /^s3:GetObject/, needs: ["kms:Decrypt"] },
  { call: /^kinesis:PutRecords?$/, needs: ["kms:GenerateDataKey"] },
  { call: /^kinesis:GetRecords$/, needs: ["kms:Decrypt"] },
  { call: /^dynamodb:/, needs: ["kms:Decrypt", "kms:GenerateDataKey"] },
];

/** Belfry's own resources are encrypted with its key; what is not Belfry's has a key of its own, if any. */
const OWN = /belfry-test-/;

/** The calls with those that services make of the key because of them; only where the role speaks of a key at all. */
export function withKeyUse(
  calls: readonly IamCall[],
  statements: readonly { readonly Action: string | string[]; readonly Resource: string | string[] }[],
  key: string,
): IamCall[] {
  const granted = statements.flatMap(({ Action }) => Action);
  if (!granted.some((action) => action.startsWith("kms:"))) return [...calls];
  const made = calls.filter(({ resource }) => OWN.test(resource)).map(({ action }) => action);
  const compares = statements.some(({ Resource }) => [Resource].flat().some((each) => each.endsWith("/baselines/*")));
  const polled = [
    ...granted.filter((action) => action === "kinesis:GetRecords"),
    ...(compares ? ["s3:GetObject"] : []),
  ];
  const uses = KEY_USES.filter(({ call }) => [...made, ...polled].some((action) => call.test(action)));
  return [...calls, ...uses.flatMap(({ needs }) => needs.map((action) => ({ action, resource: key })))];
}
