import { CfnOutput, type Stack } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CfnEventInvokeConfig, CfnPermission, CfnUrl } from "aws-cdk-lib/aws-lambda";
import type { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { addHeartbeatAlarm, addUndeliveredAlarm } from "./alerting-alarms.ts";
import { respondStatements, sendStatements } from "./alerting-channels.ts";
import { correctionStatements, hasCorrections } from "./alerting-corrections.ts";
import { HEARTBEAT_FUNCTION } from "./alerting-names.ts";
import { keyStatements } from "./constructs/data-key.ts";
import { LambdaFunction } from "./constructs/lambda-function.ts";
import { deadLetterQueue } from "./constructs/queue.ts";
import { mapQueue, readQueue } from "./constructs/queue-mapping.ts";
import { addSchedule } from "./constructs/schedule.ts";
import type { StackContext } from "./stack-context.ts";

/** What the functions of alerting work with. */
export interface AlertingParts {
  readonly queues: Readonly<Record<"alerts" | "timers" | "outbox" | "corrections", Queue>>;
  readonly table: Table;
  /** Signs links to the function that answers them; absent where there is none. */
  readonly linkSecret: CfnSecret | undefined;
  /** Where some channel sends by it. */
  readonly notifyTopic: Topic | undefined;
}

/** How long functions may run, by the queues that they read. Whoever sends a notification must have stopped before another takes it up, after two minutes. */
export const TIMEOUT_SECONDS = { alerts: 60, timers: 60, outbox: 100, corrections: 60 } as const;

/** Memory buys a share of a processor: less takes no less time, as a function mostly waits for the table. */
const MEMORY_MIB = 512;

/** A storm of alerts comes in as few batches, so that it becomes few messages. Lambda takes a payload of 6 MB, which it minds itself. */
const ALERTS_BATCH = { batchSize: 500, windowSeconds: 1 };
const TIMERS_BATCH = { batchSize: 10 };
/** A channel is slow: one notification that hangs must not hold up others. */
const OUTBOX_BATCH = { batchSize: 1 };
/** One that AWS keeps waiting must not hold up others. */
const CORRECTIONS_BATCH = { batchSize: 1 };

/** Adds the functions of alerting, with what invokes each. */
export function addAlertingFunctions(stack: Stack, context: StackContext, parts: AlertingParts): void {
  const { queues } = parts;
  const { maxConcurrency, healthBackFill } = context.deployment.alerting;
  const intake = addFunction(stack, "AlertIntake", context, parts, {
    name: "alert-intake",
    description: "Takes in alerts: events, and messages of alarm topics",
    timeoutSeconds: TIMEOUT_SECONDS.alerts,
    statements: [readQueue(queues.alerts)],
  });
  mapQueue("AlertsMapping", { queue: queues.alerts, reader: intake, ...ALERTS_BATCH, maxConcurrency });
  const timer = addFunction(stack, "AlertTimer", context, parts, {
    name: HEARTBEAT_FUNCTION,
    description: "Looks at groups and incidents when it is time, and each minute at what was missed",
    timeoutSeconds: TIMEOUT_SECONDS.timers,
    statements: [readQueue(queues.timers), askAlarms()],
  });
  mapQueue("TimersMapping", { queue: queues.timers, reader: timer, ...TIMERS_BATCH, maxConcurrency });
  const sweep = addSchedule(stack, "AlertSweep", context, {
    name: "alert-sweep",
    description: "Finds what is due and was not looked at",
    expression: "rate(1 minute)",
    targetArn: timer.function.functionArn,
    action: "lambda:InvokeFunction",
    input: { sweep: true },
  });
  addHeartbeatAlarm(stack, context, sweep);
  addUndeliveredAlarm(stack, context);
  addSend(stack, context, parts, parts.linkSecret && addRespond(stack, context, parts, parts.linkSecret));
  addAlarmAction(stack, context, parts);
  if (hasCorrections(context)) addCorrect(stack, context, parts);
  if (healthBackFill.enabled) addHealthBackFill(stack, context, parts);
}

interface FunctionProps {
  readonly name: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly statements: readonly PolicyStatement[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
  /** Queues that it sends what is due to; all that there is work for when absent. */
  readonly sendsTo?: readonly Queue[];
}

/** Where links lead, and what signs them. */
interface Links {
  readonly url: CfnUrl;
  readonly secret: CfnSecret;
}

/** All of them keep their state in the table, and send on what is due by the queues. */
function addFunction(
  stack: Stack,
  id: string,
  context: StackContext,
  { queues, table }: AlertingParts,
  { statements, environment, sendsTo, ...props }: FunctionProps,
): LambdaFunction {
  const { timers, outbox, corrections } = queues;
  const sending = sendsTo ?? [timers, outbox, ...(hasCorrections(context) ? [corrections] : [])];
  return new LambdaFunction(stack, id, context, {
    ...props,
    memoryMiB: MEMORY_MIB,
    environment: {
      BELFRY_ALERTS_TABLE: table.tableName,
      BELFRY_TIMERS_QUEUE_URL: timers.queueUrl,
      BELFRY_OUTBOX_QUEUE_URL: outbox.queueUrl,
      BELFRY_CORRECTIONS_QUEUE_URL: corrections.queueUrl,
      ...environment,
    },
    statements: [
      new PolicyStatement({ actions: TABLE_ACTIONS, resources: [table.tableArn] }),
      new PolicyStatement({
        actions: ["sqs:SendMessage"],
        resources: sending.map(({ queueArn }) => queueArn),
      }),
      ...keyStatements(stack, context, ["kms:Decrypt", "kms:GenerateDataKey"]),
      ...statements,
    ],
  });
}

/** Writes that happen together are asked for one by one. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
const TABLE_ACTIONS = [
  "dynamodb:ConditionCheckItem",
  "dynamodb:DeleteItem",
  "dynamodb:GetItem",
  "dynamodb:PutItem",
  "dynamodb:Query",
];

/** What an alarm is now. Composite alarms are answered only to who may ask for all. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
function askAlarms(): PolicyStatement {
  return new PolicyStatement({ actions: ["cloudwatch:DescribeAlarms"], resources: ["*"] });
}

function addSend(stack: Stack, context: StackContext, parts: AlertingParts, links: Links | undefined): void {
  const { notifyTopic, queues } = parts;
  const send = addFunction(stack, "AlertSend", context, parts, {
    name: "alert-send",
    description: "Sends notifications by channels",
    timeoutSeconds: TIMEOUT_SECONDS.outbox,
    sendsTo: [queues.outbox],
    environment: {
      ...(links === undefined
        ? {}
        : { BELFRY_RESPOND_URL: links.url.attrFunctionUrl, BELFRY_LINK_SECRET: links.secret.attrId }),
      ...(notifyTopic === undefined ? {} : { BELFRY_NOTIFY_TOPIC_ARN: notifyTopic.topicArn }),
    },
    statements: [
      readQueue(queues.outbox),
      ...(links === undefined ? [] : [readLinkSecret(links.secret)]),
      ...sendStatements(stack, context, notifyTopic?.topicArn),
    ],
  });
  const { maxConcurrency } = context.deployment.alerting;
  mapQueue("OutboxMapping", { queue: queues.outbox, reader: send, ...OUTBOX_BATCH, maxConcurrency });
}

function readLinkSecret(secret: CfnSecret): PolicyStatement {
  return new PolicyStatement({ actions: ["secretsmanager:GetSecretValue"], resources: [secret.attrId] });
}

/**
 * The address that buttons and links call. Nobody is asked who he is, because neither Slack nor a mail program can sign as AWS does: the function answers
 * nothing but requests that Slack has signed and links that Belfry has signed. What strangers send uses up its own share of the account's concurrency alone.
 */
function addRespond(stack: Stack, context: StackContext, parts: AlertingParts, secret: CfnSecret): Links {
  const { concurrency } = context.deployment.alerting.respond;
  const respond = addFunction(stack, "AlertRespond", context, parts, {
    name: "alert-respond",
    description: "Answers buttons and links of notifications; each request is signed",
    timeoutSeconds: 15,
    environment: { BELFRY_LINK_SECRET: secret.attrId },
    statements: [readLinkSecret(secret), ...respondStatements(stack, context)],
    ...(concurrency === 0 ? {} : { reservedConcurrency: concurrency }),
  }).function;
  const url = new CfnUrl(stack, "RespondUrl", { authType: "NONE", targetFunctionArn: respond.functionArn });
  const anybody = { functionName: respond.functionName, principal: "*" };
  // Both are needed. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
  new CfnPermission(stack, "RespondByUrl", {
    ...anybody,
    action: "lambda:InvokeFunctionUrl",
    functionUrlAuthType: "NONE",
  });
  new CfnPermission(stack, "RespondInvoke", {
    ...anybody,
    action: "lambda:InvokeFunction",
    invokedViaFunctionUrl: true,
  });
  new CfnOutput(stack, "Respond-Url", {
    value: url.attrFunctionUrl,
    description: "The Request URL of a Slack app's interactivity",
  });
  return { url, secret };
}

/** For alarms that name the function as their action, in place of a topic: this account's and those of trusted accounts, in this region. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html */
function addAlarmAction(stack: Stack, context: StackContext, parts: AlertingParts): void {
  const failed = deadLetterQueue(stack, "AlarmActionDlq", context, "alarm-action-dlq");
  const action = addFunction(stack, "AlarmAction", context, parts, {
    name: "alarm-action",
    description: "Takes in alarms that name it as their action",
    timeoutSeconds: 30,
    statements: [new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [failed.queueArn] })],
  }).function;
  // CloudWatch's principal says no organization, so that its accounts would have to be named.
  for (const account of [stack.account, ...context.deployment.trustedAccounts]) {
    new CfnPermission(stack, account === stack.account ? "AlarmInvoke" : `AlarmInvoke-${account}`, {
      functionName: action.functionName,
      action: "lambda:InvokeFunction",
      principal: "lambda.alarms.cloudwatch.amazonaws.com",
      sourceAccount: account,
      sourceArn: stack.formatArn({ service: "cloudwatch", account, resource: "alarm:*" }),
    });
  }
  new CfnEventInvokeConfig(stack, "AlarmActionInvoke", {
    functionName: action.functionName,
    qualifier: "$LATEST",
    maximumRetryAttempts: 2,
    maximumEventAgeInSeconds: LONGEST_EVENT_AGE,
    destinationConfig: { onFailure: { destination: failed.queueArn } },
  });
}

/** Runs what the rules for corrective actions say; each start is held for two minutes, by which it must have stopped. */
function addCorrect(stack: Stack, context: StackContext, parts: AlertingParts): void {
  const { queues } = parts;
  const correct = addFunction(stack, "AlertCorrect", context, parts, {
    name: "alert-correct",
    description: "Takes corrective actions: decides, starts, and looks after what was started",
    timeoutSeconds: TIMEOUT_SECONDS.corrections,
    statements: [readQueue(queues.corrections), ...correctionStatements(stack, context)],
  });
  const { maxConcurrency } = context.deployment.alerting;
  mapQueue("CorrectionsMapping", { queue: queues.corrections, reader: correct, ...CORRECTIONS_BATCH, maxConcurrency });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html */
const LONGEST_EVENT_AGE = 21_600;

/** Where the support plan has no API, it is refused, says so once, and does no more. */
function addHealthBackFill(stack: Stack, context: StackContext, parts: AlertingParts): void {
  const { schedule, lookBackHours, organization } = context.deployment.alerting.healthBackFill;
  const of = organization ? "ForOrganization" : "";
  const reads = ["Events", "EventDetails", "AffectedEntities"].map((what) => `health:Describe${what}${of}`);
  const fill = addFunction(stack, "HealthBackFill", context, parts, {
    name: "health-back-fill",
    description: "Fetches events of AWS Health that no rule brought",
    timeoutSeconds: 600,
    // The API knows no resources; of an organization it asks for its accounts, too. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awshealthapisandnotifications.html
    statements: [
      new PolicyStatement({
        actions: organization
          ? [...reads, "health:DescribeAffectedAccountsForOrganization", "organizations:ListAccounts"]
          : reads,
        resources: ["*"],
      }),
    ],
  });
  addSchedule(stack, "HealthBackFillSchedule", context, {
    name: "health-back-fill",
    description: "Asks AWS Health what happened",
    expression: schedule,
    targetArn: fill.function.functionArn,
    action: "lambda:InvokeFunction",
    input: { hours: lookBackHours, organization },
  });
}
