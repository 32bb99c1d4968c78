import { Duration, type Stack } from "aws-cdk-lib";
import type { Deployment } from "../packages/core/src/config/deploy/deployment.ts";
import type { Config } from "../packages/core/src/config/schema.ts";
import { addCanaryAlarm } from "./canaries-alarms.ts";
import {
  CANARIES_BUCKET,
  canariesHere,
  canaryRegions,
  checkCanaries,
  managedHere,
  runnersHere,
} from "./canaries-deployed.ts";
import { addFailover } from "./canaries-failover.ts";
import { addManagedCanary } from "./canaries-managed.ts";
import { addRunner, addScheduleGroup } from "./canaries-runners.ts";
import { dataBucket } from "./constructs/data-bucket.ts";
import type { StackContext, StackPart } from "./stack-context.ts";

/** As long as CloudWatch Synthetics keeps what it knows of a run. */
const RUN_DAYS = 31;

/** The stack of the home region, which keeps the files of all, and one for each further region in which canaries run. */
export function canaryParts(config: Config, deployment: Deployment): readonly StackPart[] {
  const further = canaryRegions(config, deployment).filter((region) => region !== deployment.region);
  return [
    {
      name: "Canaries",
      description: "canaries, alarms on them, their files",
      after: ["Foundation", "Events", "Alerting"],
      when: Object.keys(config.canaries).length > 0,
      build: canaries,
    },
    ...further.map((region) => ({
      name: `Canaries-${region}`,
      description: "canaries that run in the region",
      after: ["Canaries", `Edge-${region}`],
      region,
      build: canaries,
    })),
  ];
}

/** Canaries of a region: functions that run them, by their schedules; canaries of CloudWatch Synthetics; an alarm on each; and records that fail over. */
function canaries(stack: Stack, context: StackContext): void {
  checkCanaries(context);
  if (context.region === context.deployment.region) addBucket(stack, context);
  const group = addScheduleGroup(stack, context);
  for (const runner of runnersHere(context)) addRunner(stack, context, runner, group);
  for (const managed of managedHere(context)) addManagedCanary(stack, context, managed);
  for (const [name, canary] of canariesHere(context)) {
    if (!canary.enabled) continue;
    const alarm = addCanaryAlarm(stack, context, [name, canary]);
    if (canary.failover !== undefined) addFailover(stack, context, name, canary.failover, alarm);
  }
}

function addBucket(stack: Stack, context: StackContext): void {
  dataBucket(stack, "CanariesBucket", context, {
    what: CANARIES_BUCKET,
    lifecycle: [{ id: "runs", prefix: "canary/", expiration: Duration.days(RUN_DAYS) }],
  });
}
