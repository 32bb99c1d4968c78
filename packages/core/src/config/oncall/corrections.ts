import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { Region } from "../deploy/names.ts";
import { ASSUMED_ROLE } from "./automation-names.ts";
import { parseDuration } from "./duration.ts";
import { labelsIn } from "./placeholders.ts";
import { Duration, Interval, Matchers } from "./route.ts";

const DAY_MS = 86_400_000;
const MAX_RUNS_PER_HOUR = 20;

/** Parts of names that begin a parameter whose value is run as code. */
const CODE = /command|script|code|payload|userdata/i;

const CorrectionName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, "a rule's name is lower-case letters, digits and hyphens, 32 at most");

const RoleArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, "expected the ARN of a role")
  .describe("the role that Systems Manager takes on for it; without one it acts as the function that starts it");

const LabelName = z.string().regex(/^[a-zA-Z_]\w*$/, "a label's name is letters, digits and underscores");

/** Names of documents stand in the configuration as they are: which of them runs must not depend on an alert. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html */
const Document = z
  .string()
  .regex(
    /^[\w.-]{3,128}$/,
    "expected the name of an Automation document of this account or AWS's, without placeholders",
  );

const SsmAutomation = z.strictObject({
  type: z.literal("ssm-automation"),
  document: Document,
  documentVersion: z
    .string()
    .regex(/^([1-9]\d{0,9}|\$DEFAULT|\$LATEST)$/, "expected a number, $DEFAULT or $LATEST")
    .optional(),
  parameters: z
    .record(
      z.string().regex(/^[\w.-]{1,50}$/, "expected the name of a parameter"),
      z.array(z.string().max(512)).max(50),
    )
    .default({})
    .superRefine((parameters, context) => {
      if (Object.hasOwn(parameters, ASSUMED_ROLE)) {
        context.addIssue({ code: "custom", path: [ASSUMED_ROLE], message: "give the role as `role`" });
      }
      for (const [name, values] of Object.entries(parameters)) {
        if (!CODE.test(name) || values.every((value) => labelsIn(value).length === 0)) continue;
        const message = `a label in ${name} would be run as code: whoever names a resource could write it; give the label to a parameter of its own`;
        context.addIssue({ code: "custom", path: [name], message });
      }
    })
    .describe("values in which {label} stands for the value of an alert's label"),
  region: Region.optional().describe("where it runs; the alert's region when absent"),
  role: RoleArn.optional(),
});

const Ec2Recover = z.strictObject({
  type: z.literal("ec2-recover"),
  instanceLabel: LabelName.default("instance").describe("the label that holds the instance's id"),
  role: RoleArn.optional(),
});

const StepFunctions = z.strictObject({
  type: z.literal("step-functions"),
  stateMachineArn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:stateMachine:[\w-]{1,80}$/,
      "expected the ARN of a standard state machine, without version or alias",
    ),
  input: z
    .record(z.string(), z.unknown())
    .refine((input) => isDeepStrictEqual(JSON.parse(JSON.stringify(input)), input), "expected what JSON can hold")
    .default({})
    .describe("in its texts {label} stands for the value of an alert's label"),
});

const Run = z.discriminatedUnion("type", [SsmAutomation, Ec2Recover, StepFunctions]);

const Correction = z.strictObject({
  matchers: Matchers.min(1).describe('labels of the alerts, all of which must match: alarmname=~"web-.*"'),
  run: Run,
  dryRun: z.boolean().default(true).describe("only say what would be done"),
  approval: z.boolean().default(true).describe("wait until somebody approves"),
  approvalExpires: Interval.refine((text) => parseDuration(text) <= DAY_MS, "at most 1d")
    .default("1h")
    .describe("how long an approval can be given"),
  cooldown: Duration.refine((text) => parseDuration(text) <= 7 * DAY_MS, "at most 7d")
    .default("1h")
    .describe("how long it does nothing more to the same resource"),
  resource: z
    .array(LabelName)
    .optional()
    .describe("labels that say which resource it is, with account and region; those of its placeholders when absent"),
  maxPerHour: z.int().min(1).max(MAX_RUNS_PER_HOUR).default(3).describe("of all resources together"),
});

/**
 * What is done about alerts, by name. Nothing is done by default but to say what would be: `dryRun` and `approval` have to be switched off one by one. See
 * docs/corrective-action.md.
 */
export const Corrections = z.record(CorrectionName, Correction).default({});

/** A rule with its defaults. */
export type CorrectionRule = z.output<typeof Correction>;
/** What a rule runs. */
export type CorrectionRun = z.output<typeof Run>;
/** All rules, by name. */
export type CorrectionRules = z.output<typeof Corrections>;
