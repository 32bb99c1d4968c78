import { createHash } from "node:crypto";
import { CfnResource, type Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Architecture, CfnEventInvokeConfig } from "aws-cdk-lib/aws-lambda";
import { CfnScheduleGroup } from "aws-cdk-lib/aws-scheduler";
import {
  CANARIES_BUCKET,
  canaryAlarm,
  type Named,
  namedSecrets,
  type Runner,
  secretReferences,
  signingRoles,
} from "./canaries-deployed.ts";
import { bucketArn } from "./constructs/bucket-arn.ts";
import { keyStatements } from "./constructs/data-key.ts";
import { LambdaFunction } from "./constructs/lambda-function.ts";
import { SCHEDULE_GROUP, scheduleAt, scheduleTarget } from "./constructs/schedule.ts";
import { secretStatements } from "./constructs/secret-statements.ts";
import { eventBusArn } from "./event-bus.ts";
import { KEY_NAME } from "./foundation.ts";
import type { StackContext } from "./stack-context.ts";

/** Half a processor measures times that can be compared; a browser needs more than one, and the memory for its pages. */
const MEMORY_MIB = { without: 1024, with: 2560 };
/** The browser, unpacked, is 215 MB; pages' caches and files of a run come to it. */
const BROWSER_TEMPORARY_MIB = 1024;
/** For the start of the function, and to tell of a run that took all its time. */
const TELL_SECONDS = 15;
const LONGEST_SECONDS = 900;
/** A run that is late by more is another one's turn. https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-retry.html */
const RETRIES = { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 60 };

/** Adds a function that runs canaries, one of them in each invocation, with a schedule for each; `group` is the schedules', where this stack makes it. */
export function addRunner(
  stack: Stack,
  context: StackContext,
  runner: Runner,
  group: CfnScheduleGroup | undefined,
): void {
  const { name, canaries, hasBrowser } = runner;
  const { names } = context;
  const id = idOf(name);
  const arn = stack.formatArn({ service: "lambda", resource: `function:${names.of(name)}` });
  const target = scheduleTarget(stack, `${id}Schedules`, context, {
    name,
    targetArn: arn,
    action: "lambda:InvokeFunction",
  });
  const longest = Math.max(...canaries.map(([, { timeoutSeconds }]) => timeoutSeconds));
  const added = new LambdaFunction(stack, id, context, {
    name,
    description: `Runs canaries ${hasBrowser ? "with" : "without"} a browser, one in each invocation`,
    memoryMiB: hasBrowser ? MEMORY_MIB.with : MEMORY_MIB.without,
    timeoutSeconds: Math.min(LONGEST_SECONDS, longest + TELL_SECONDS),
    // The browser that comes with npm is built for it.
    ...(hasBrowser ? { architecture: Architecture.X86_64, temporaryMiB: BROWSER_TEMPORARY_MIB } : {}),
    environment: {
      BELFRY_CANARY_BUCKET: names.bucket(CANARIES_BUCKET),
      BELFRY_EVENT_BUS_ARN: eventBusArn(stack, context),
      BELFRY_CANARY_ALARM_PREFIX: names.of(canaryAlarm("")),
    },
    statements: [
      ...runStatements(stack, context, runner),
      new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [target.failed.queueArn] }),
    ],
  });
  // The scheduler does not wait for an answer, and Lambda would run a canary again whose run has failed as an invocation.
  new CfnEventInvokeConfig(stack, `${id}Invoke`, {
    functionName: added.function.functionName,
    qualifier: "$LATEST",
    maximumRetryAttempts: 0,
    maximumEventAgeInSeconds: RETRIES.maximumEventAgeInSeconds,
    destinationConfig: { onFailure: { destination: target.failed.queueArn } },
  });
  for (const named of canaries) {
    const [canary, { description = `Runs the canary ${canary}`, enabled, schedule }] = named;
    if (schedule === "once") {
      addRunAtDeployment(stack, added, named);
      continue;
    }
    const scheduled = scheduleAt(stack, `Schedule-${canary}`, context, target, {
      name: canaryAlarm(canary),
      description: description.slice(0, MAX_DESCRIPTION),
      expression: schedule,
      enabled,
      input: { canary },
      retries: RETRIES,
    });
    // It knows both by their names alone, and begins at once: a call of a function that is not there yet would end in the queue.
    scheduled.node.addDependency(added, ...(group === undefined ? [] : [group]));
  }
}

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
const MAX_DESCRIPTION = 512;

/** The schedules' group of a further region; at home the foundation makes it. */
export function addScheduleGroup(
  stack: Stack,
  { deployment, names, region }: StackContext,
): CfnScheduleGroup | undefined {
  if (region === deployment.region) return undefined;
  return new CfnScheduleGroup(stack, "ScheduleGroup", { name: names.of(SCHEDULE_GROUP) });
}

/** CloudFormation has it run when it is new, and when its configuration has changed; a run that fails does not undo a deployment. */
function addRunAtDeployment(stack: Stack, { function: runner, role }: LambdaFunction, [canary, config]: Named): void {
  if (!config.enabled) return;
  const resource = new CfnResource(stack, `Once-${canary}`, {
    type: "Custom::BelfryCanaryRun",
    properties: {
      ServiceToken: runner.functionArn,
      ServiceTimeout: String(Math.min(3600, config.timeoutSeconds + 2 * TELL_SECONDS)),
      Canary: canary,
      Configuration: createHash("sha256").update(JSON.stringify(config)).digest("hex"),
    },
  });
  resource.node.addDependency(role);
}

/** What it takes to run these canaries: their files, the bus, their secrets, the roles that they sign by. */
function runStatements(stack: Stack, context: StackContext, { canaries }: Runner): PolicyStatement[] {
  const { names, region } = context;
  const bucket = bucketArn(stack, names.bucket(CANARIES_BUCKET));
  const compares = canaries.some(([, { kind }]) => kind === "visual");
  const configs = canaries.map(([, canary]) => canary);
  const named = [...new Set(configs.flatMap(namedSecrets))];
  const roles = [...new Set(configs.flatMap(signingRoles))];
  const secret = (name: string) => stack.formatArn({ service: "secretsmanager", resource: `secret:${name}-??????` });
  return [
    new PolicyStatement({
      actions: ["s3:PutObject"],
      resources: [`${bucket}/canary/${region}/*`, ...(compares ? [`${bucket}/baselines/*`] : [])],
    }),
    ...(compares
      ? [
          new PolicyStatement({ actions: ["s3:GetObject"], resources: [`${bucket}/baselines/*`] }),
          // Without it S3 does not say that there is no baseline yet. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
          new PolicyStatement({ actions: ["s3:ListBucket"], resources: [bucket] }),
        ]
      : []),
    new PolicyStatement({ actions: ["events:PutEvents"], resources: [eventBusArn(stack, context)] }),
    ...secretStatements(stack, context, configs.flatMap(secretReferences)),
    ...(named.length === 0
      ? []
      : [new PolicyStatement({ actions: ["secretsmanager:GetSecretValue"], resources: named.map(secret) })]),
    ...(roles.length === 0 ? [] : [new PolicyStatement({ actions: ["sts:AssumeRole"], resources: roles })]),
    ...bucketKeyStatements(stack, context, compares),
  ];
}

/** In other regions the key's ARN is not known, so the key is named by its alias. https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html */
export function bucketKeyStatements(stack: Stack, context: StackContext, isRead: boolean): PolicyStatement[] {
  const { deployment, names, region } = context;
  const actions = ["kms:GenerateDataKey" as const, ...(isRead ? ["kms:Decrypt" as const] : [])];
  if (region === deployment.region) return keyStatements(stack, context, actions);
  if (deployment.encryption === "aws") return [];
  return [
    new PolicyStatement({
      actions,
      resources: [`arn:${stack.partition}:kms:${deployment.region}:${stack.account}:key/*`],
      conditions: {
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": `alias/${names.of(KEY_NAME)}` },
        StringEquals: { "kms:ViaService": `s3.${deployment.region}.amazonaws.com` },
      },
    }),
  ];
}

/** `canary-script-check_out` as the name of a construct. */
function idOf(name: string): string {
  return name
    .split("-")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
}
