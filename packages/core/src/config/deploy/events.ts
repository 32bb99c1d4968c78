import * as z from "zod";
import { EventPattern } from "../event-pattern-object.ts";
import { refused } from "../oncall/refused.ts";
import { parseSchedule } from "../schedules/schedule-expression.ts";
import { timeZone } from "../schedules/time-zone.ts";
import { distinct, distinctNames } from "./distinct.ts";
import { SHIPPED_RULE_NAMES } from "./shipped-rule-names.ts";

/** The policy of the rules' dead-letter queue names each rule, and SQS takes 8 KiB. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html */
const MAX_RULES = 50;

/** The targets' ARNs stand in one policy of a role, which has 10,240 characters. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_ARN_CHARS = 9000;

const Name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, "a name is a lower-case letter and up to 31 letters, digits and hyphens");

const targetArn = (services: string, what: string) =>
  z
    .string()
    .regex(new RegExp(`^arn:aws[a-z-]*:(${services}):[a-z0-9-]+:\\d{12}:.+$`), `expected the ARN of ${what}`)
    .refine((arn) => !arn.endsWith(".fifo"), "a FIFO queue or topic needs a message group: take a standard one");
const Target = targetArn(
  "lambda|sqs|sns|states|kinesis",
  "a Lambda function, an SQS queue, an SNS topic, a state machine or a Kinesis stream",
);

const Rule = z
  .strictObject({
    name: Name,
    description: z.string().max(512).optional(),
    pattern: EventPattern.optional(),
    shipped: z.enum(SHIPPED_RULE_NAMES).optional().describe("in place of a pattern: what this shipped rule matches"),
    bus: z
      .string()
      .default("belfry")
      .describe(
        "belfry: the bus to which all events come; default: the default bus of the home region; or a partner event source",
      ),
    targets: z
      .array(Target)
      .min(1)
      .max(5)
      .describe("ARNs; a queue's or a topic's own policy lets EventBridge in: see docs/events.md"),
    replayed: z.boolean().default(false).describe("runs for replayed events too; what notifies somebody must not"),
  })
  .refine((rule) => (rule.pattern === undefined) !== (rule.shipped === undefined), "give one of pattern and shipped");

const Schedule = z.strictObject({
  name: Name,
  description: z.string().max(512).optional(),
  expression: z
    .string()
    .superRefine(refused(parseSchedule))
    .describe("rate(…), cron(…) or at(…); `belfry schedule next` says when it runs"),
  zone: z
    .string()
    .default("UTC")
    .superRefine(refused(timeZone))
    .describe("the time zone in which it is read, such as Europe/Berlin"),
  target: Target.optional().describe("ARN; without one, an event `Belfry Schedule` is put on the Belfry bus"),
  input: z.record(z.string(), z.unknown()).default({}).describe("what the target gets; of the event, detail.input"),
});

/** EventBridge: the bus to which events of all regions and accounts come, rules, schedules, archive, schemas. */
export const Events = z
  .strictObject({
    shipped: z
      .partialRecord(z.enum(SHIPPED_RULE_NAMES), z.boolean())
      .default({})
      .describe("switches single shipped rules on or off; what they match comes to the Belfry bus"),
    rules: z.array(Rule).max(MAX_RULES).superRefine(distinctNames).default([]).describe("your own rules"),
    schedules: z.array(Schedule).superRefine(distinctNames).default([]),
    alarmsTo: z
      .strictObject({
        kinesis: targetArn("kinesis", "a Kinesis stream").optional(),
        stepFunctions: targetArn("states", "a state machine").optional(),
        lambda: targetArn("lambda", "a Lambda function").optional(),
      })
      .default({})
      .describe("where alarms' changes of state go, besides the Belfry bus"),
    capture: z
      .boolean()
      .default(true)
      .describe("store what comes to the Belfry bus in the archive's bucket, below events/"),
    archive: z
      .strictObject({
        days: z.int().min(1).max(3653).default(90),
        pattern: EventPattern.optional().describe("which events are kept for replay; all when absent"),
      })
      .prefault({}),
    partnerSources: z
      .array(
        z
          .string()
          .regex(/^aws\.partner(\/[.\-_A-Za-z0-9]+){2,}$/, "a partner event source is written aws.partner/<partner>/…"),
      )
      .superRefine(distinct)
      .default([])
      .describe("partner event sources that were offered to this account; their events come to the Belfry bus"),
    trustedSources: z
      .array(z.string().min(1).max(256))
      .min(1)
      .default(["aws.*", "belfry.*"])
      .describe("`source` of the events that other accounts may put on the bus; * stands for any characters"),
    trustedDetailTypes: z
      .array(z.string().min(1).max(128))
      .default([])
      .describe("`detail-type` of those events; any when empty"),
    schemaRegistry: z.boolean().default(false).describe("a schema registry for your own events"),
    discoverer: z
      .boolean()
      .default(false)
      .describe("EventBridge infers schemas from what comes to the Belfry bus, for a price per event"),
  })
  .superRefine((events, context) => {
    for (const [list, arns] of [
      ["rules", events.rules.flatMap(({ targets }) => targets)],
      ["schedules", events.schedules.flatMap(({ target = "" }) => target)],
    ] as const) {
      if ([...new Set(arns)].join().length <= MAX_ARN_CHARS) continue;
      const message = `the ARNs of all targets are more than ${MAX_ARN_CHARS} characters: put a queue or a topic before some`;
      context.addIssue({ code: "custom", path: [list], message });
    }
    const buses = ["belfry", "default", ...events.partnerSources];
    events.rules.forEach(({ bus }, i) => {
      if (buses.includes(bus)) return;
      context.addIssue({
        code: "custom",
        path: ["rules", i, "bus"],
        message: `no bus "${bus}": there are ${buses.join(", ")}`,
      });
    });
  });

export type EventsConfig = z.output<typeof Events>;
