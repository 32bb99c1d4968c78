import type { Stack } from "aws-cdk-lib";
import type { CfnAlarm } from "aws-cdk-lib/aws-cloudwatch";
import { CfnHealthCheck, CfnRecordSet } from "aws-cdk-lib/aws-route53";
import { type FailoverConfig, type FailoverTarget, recordType } from "../packages/core/src/config/canaries/failover.ts";
import { BelfryError } from "../packages/core/src/platform/errors.ts";
import { canaryAlarm } from "./canaries-deployed.ts";
import type { StackContext } from "./stack-context.ts";

/** The statistics that Route 53 can look at. */
const STATISTICS = ["Average", "Minimum", "Maximum", "Sum", "SampleCount"];
const LEAST_PERIOD_SECONDS = 60;

/**
 * Two records of a name: the first is answered while the canary's alarm has no reason to be on, the second else. Route 53 looks at the alarm's metric itself; where there is none, as when the watcher
 * fails, all stays as it is. Raises BAD_CONFIG for an alarm that it cannot follow.
 */
export function addFailover(
  stack: Stack,
  { names, region }: StackContext,
  canary: string,
  failover: FailoverConfig,
  alarm: CfnAlarm,
): void {
  checkFollowed(canary, alarm);
  const { hostedZoneId, name, primary, secondary, ttlSeconds } = failover;
  const check = new CfnHealthCheck(stack, `HealthCheck-${canary}`, {
    healthCheckConfig: {
      type: "CLOUDWATCH_METRIC",
      alarmIdentifier: { name: names.of(canaryAlarm(canary)), region },
      insufficientDataHealthStatus: "LastKnownStatus",
    },
    healthCheckTags: [{ key: "Name", value: names.of(canaryAlarm(canary)) }],
  });
  check.addResourceDependency(alarm);
  const add = (role: "Primary" | "Secondary", target: FailoverTarget, healthCheckId?: string) =>
    new CfnRecordSet(stack, `${role}-${canary}`, {
      hostedZoneId,
      name,
      type: recordType(target),
      setIdentifier: names.of(`${canary}-${role.toLowerCase()}`),
      failover: role.toUpperCase(),
      ...(typeof target === "string"
        ? { ttl: String(ttlSeconds), resourceRecords: [target] }
        : { aliasTarget: { ...target, evaluateTargetHealth: false } }),
      ...(healthCheckId === undefined ? {} : { healthCheckId }),
    });
  add("Primary", primary, check.attrHealthCheckId);
  add("Secondary", secondary);
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html */
export function checkFollowed(canary: string, alarm: CfnAlarm): void {
  const { metrics, extendedStatistic, statistic = "", period = 0, evaluationPeriods, datapointsToAlarm } = alarm;
  const reasons = [
    metrics === undefined ? undefined : "it is computed from several metrics",
    extendedStatistic === undefined && STATISTICS.includes(statistic)
      ? undefined
      : `its statistic is none of ${STATISTICS.join(", ")}`,
    period >= LEAST_PERIOD_SECONDS ? undefined : "its metric is of high resolution",
    (datapointsToAlarm ?? evaluationPeriods) === evaluationPeriods
      ? undefined
      : `it is on by ${datapointsToAlarm} periods of ${evaluationPeriods}`,
  ].filter((reason) => reason !== undefined);
  if (reasons.length === 0) return;
  throw new BelfryError(
    "BAD_CONFIG",
    `Route 53 cannot follow the alarm of the canary ${canary}: ${reasons.join("; ")}`,
  );
}
