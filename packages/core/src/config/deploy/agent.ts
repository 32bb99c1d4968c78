import * as z from "zod";
import { distinct } from "./distinct.ts";
import { LogGroupName } from "./names.ts";
import { RetentionDays } from "./retention-days.ts";

const InstanceId = z
  .string()
  .regex(/^i-[0-9a-f]{8}(?:[0-9a-f]{9})?$/, "an instance's id is i- and 8 or 17 hexadecimal digits");
const Platform = z.enum(["linux", "windows"]).default("linux");
const Percent = z.number().gt(0).lt(100);

const LogFile = z.strictObject({
  path: z.string().min(1).max(4096).describe("of the file, `*` and `**` allowed: /var/log/app/*.log"),
  logGroup: LogGroupName,
  retentionDays: RetentionDays.optional(),
  platform: Platform,
});

const EventLog = z.strictObject({
  channel: z.string().min(1).max(255).describe("System, Application, Security, …"),
  levels: z
    .array(z.enum(["CRITICAL", "ERROR", "WARNING", "INFORMATION", "VERBOSE"]))
    .min(1)
    .default(["CRITICAL", "ERROR", "WARNING"]),
  logGroup: LogGroupName,
  retentionDays: RetentionDays.optional(),
});

/** What an alarm on an instance's failed status checks does to it. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/UsingAlarmActions.html */
const Ec2Action = z
  .strictObject({
    instanceId: InstanceId.describe("in the home region, and in this account"),
    platform: Platform,
    recover: z.boolean().default(false).describe("to other hardware, when the system check failed"),
    reboot: z.boolean().default(false).describe("when the instance check failed"),
    stop: z.boolean().default(false).describe("when a check has failed for ten minutes"),
    terminate: z.boolean().default(false).describe("when a check has failed for ten minutes"),
  })
  .refine(
    (action) => action.recover || action.reboot || action.stop || action.terminate,
    "names no action: recover, reboot, stop or terminate",
  )
  .refine((action) => !(action.stop && action.terminate), "an instance is stopped or terminated, not both");

const GroupName = z
  .string()
  .regex(/^[^:]{1,255}$/, "an Auto Scaling group's name is 1 to 255 characters without colon");

const TargetTracking = z.strictObject({
  type: z.literal("targetTracking").describe("keeps a metric at a value; Auto Scaling makes the alarms itself"),
  groupName: GroupName,
  metric: z
    .enum(["cpu", "networkIn", "networkOut", "memory"])
    .describe("the group's average; memory as the agent measures it"),
  target: z.number().gt(0),
  platform: Platform,
  scaleIn: z.boolean().default(true).describe("false: only ever adds instances"),
  warmUpSeconds: z.int().min(0).max(3600).default(300),
});

const Step = z.strictObject({
  from: z.number().min(0).describe("distance from the threshold at which the step begins"),
  change: z.int().describe("instances to add, or with a minus to remove"),
});

const StepScaling = z
  .strictObject({
    type: z.literal("step").describe("adds or removes instances by an alarm, the more the further it is over"),
    groupName: GroupName,
    metric: z.enum(["cpu", "memory"]),
    when: z.enum(["above", "below"]),
    threshold: Percent,
    periods: z.int().min(1).max(60).default(3).describe("minutes over the threshold"),
    steps: z.array(Step).min(1).max(20),
    platform: Platform,
    warmUpSeconds: z.int().min(0).max(3600).default(300),
  })
  .superRefine(({ steps }, context) => {
    if (steps[0]?.from !== 0) {
      context.addIssue({ code: "custom", path: ["steps", 0, "from"], message: "the first step begins at 0" });
    }
    for (const [i, { from }] of steps.entries()) {
      if (i > 0 && from <= steps[i - 1].from) {
        context.addIssue({ code: "custom", path: ["steps", i, "from"], message: "steps stand in ascending order" });
      }
    }
  });

const Rollout = z.strictObject({
  schedule: z
    .string()
    .regex(/^(rate|cron)\(.+\)$/, "rate(…) or cron(…)")
    .default("rate(1 day)")
    .describe("how often State Manager installs and configures the agent again"),
  maxConcurrency: z
    .string()
    .regex(/^(?:[1-9]\d*|[1-9]\d?%|100%)$/, "a number, or a share such as 10%")
    .default("10%"),
  maxErrors: z
    .string()
    .regex(/^(?:\d+|\d{1,2}%|100%)$/, "a number, or a share such as 5%")
    .default("5%"),
  severity: z
    .enum(["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNSPECIFIED"])
    .default("MEDIUM")
    .describe("of an instance without the agent, in Compliance"),
});

/** EC2 instances: the CloudWatch agent, what it measures and where it is installed, and what alarms do to instances and groups. */
export const Agent = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe("install the agent, and alarm on memory and volumes; ec2Actions and autoScaling work without it, too"),
    tag: z
      .strictObject({ key: z.string().min(1).max(128), value: z.string().min(1).max(256) })
      .default({ key: "belfry:agent", value: "true" })
      .describe("instances with this tag get the agent"),
    linux: z.boolean().default(true),
    windows: z.boolean().default(false),
    intervalSeconds: z
      .int()
      .min(1)
      .max(3600)
      .default(60)
      .describe("below 60: high-resolution metrics, which cost more"),
    memoryPercent: Percent.default(90).describe("alarm when more is used"),
    diskPercent: Percent.default(85).describe("alarm when more of a volume is used"),
    swap: z.boolean().default(true),
    netstat: z.boolean().default(false).describe("connections by state"),
    mounts: z
      .array(z.string().min(1))
      .min(1)
      .superRefine(distinct)
      .default(["/"])
      .describe("mount points that are measured; * for all"),
    logs: z.array(LogFile).default([]),
    eventLogs: z.array(EventLog).default([]).describe("of Windows"),
    ec2Actions: z.array(Ec2Action).default([]),
    autoScaling: z.array(z.discriminatedUnion("type", [TargetTracking, StepScaling])).default([]),
    rollout: Rollout.prefault({}),
  })
  .superRefine((agent, context) => {
    const problem = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
    if (agent.enabled && !agent.linux && !agent.windows)
      problem(["enabled"], "neither linux nor windows gets the agent");
    for (const [i, { metric, platform }] of agent.autoScaling.entries()) {
      if (metric === "memory" && !(agent.enabled && agent[platform])) {
        problem(["autoScaling", i, "metric"], `memory is measured by the agent, which is not on for ${platform}`);
      }
    }
    for (const [i, { platform }] of agent.logs.entries()) {
      if (!agent[platform]) problem(["logs", i, "platform"], `the agent is not on for ${platform}`);
    }
    if (agent.eventLogs.length > 0 && !agent.windows) problem(["eventLogs"], "the agent is not on for windows");
    const seen = new Set<string>();
    for (const [i, { instanceId }] of agent.ec2Actions.entries()) {
      if (seen.has(instanceId)) problem(["ec2Actions", i, "instanceId"], `${instanceId} stands here twice`);
      seen.add(instanceId);
    }
  });

export type AgentConfig = z.output<typeof Agent>;
export type Ec2ActionConfig = z.output<typeof Ec2Action>;
export type AutoScalingConfig = AgentConfig["autoScaling"][number];
