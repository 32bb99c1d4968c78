import type { Problem } from "../problems.ts";
import { nextRuns, parseSchedule } from "../schedules/schedule-expression.ts";
import type { Config } from "../schema.ts";
import type { CanaryConfig } from "./schema.ts";

/** What canaries say that cannot be, though each part of it is valid by itself. */
export function canaryProblems({ canaries, deploy, metrics }: Config): Problem[] {
  const regions = [deploy.region, ...deploy.regions];
  return Object.entries(canaries).flatMap(([name, canary]) =>
    [
      ...scheduleProblems(canary),
      ...backendProblems(canary),
      ...scriptProblems(canary),
      ...failoverProblems(canary, metrics.highResolution),
      ...canary.regions.flatMap((region, i) =>
        regions.includes(region)
          ? []
          : problem(["regions", i], `${region} is no region of Belfry's: add it to deploy.regions`),
      ),
    ].map(({ path, message }) => ({ path: ["canaries", name, ...path], message })),
  );
}

function problem(path: Problem["path"], message: string): Problem[] {
  return [{ path, message }];
}

/** Whether a schedule runs a canary again and again. */
export function isRepeated(schedule: string): boolean {
  return schedule !== "once" && !schedule.startsWith("at(");
}

const HOUR_MS = 3_600_000;

function scheduleProblems({ alarm, backend, schedule, timeoutSeconds }: CanaryConfig): Problem[] {
  const { failedRuns, ofRuns } = alarm;
  const alarmProblems =
    failedRuns > ofRuns ? problem(["alarm", "failedRuns"], `${failedRuns} runs of the last ${ofRuns} cannot fail`) : [];
  if (schedule === "once") return alarmProblems;
  try {
    const parsed = parseSchedule(schedule);
    // https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryScheduleInput.html
    if (
      backend.type === "synthetics" &&
      (parsed.kind === "at" || (parsed.kind === "rate" && parsed.everyMs > HOUR_MS))
    ) {
      const message = `CloudWatch Synthetics does not know ${schedule}: give a rate of an hour at most, a cron expression, or once`;
      return [...alarmProblems, ...problem(["schedule"], message)];
    }
    const [first, second] = nextRuns(parsed, "UTC", new Date(0), 2);
    const everySeconds =
      first === undefined || second === undefined
        ? Number.POSITIVE_INFINITY
        : (second.getTime() - first.getTime()) / 1000;
    if (backend.type === "belfry" || timeoutSeconds <= everySeconds) return alarmProblems;
    const message = `${timeoutSeconds} is longer than from one run to the next, which CloudWatch Synthetics refuses`;
    return [...alarmProblems, ...problem(["timeoutSeconds"], message)];
  } catch (error) {
    return [...alarmProblems, ...problem(["schedule"], (error as Error).message)];
  }
}

function backendProblems({ backend, kind }: CanaryConfig): Problem[] {
  if (backend.type === "belfry" || kind === "script") return [];
  return problem(["backend"], `CloudWatch Synthetics runs scripts alone, not canaries of kind ${kind}: leave it out`);
}

function scriptProblems(canary: CanaryConfig): Problem[] {
  if (canary.kind !== "script") return [];
  const { backend, entry } = canary;
  const isPython = entry.endsWith(".py");
  const runsPython = backend.type === "synthetics" && backend.runtime.startsWith("syn-python-");
  if (isPython === runsPython) return [];
  return problem(
    ["entry"],
    isPython
      ? "Python runs in CloudWatch Synthetics alone: give backend a runtime such as syn-python-selenium-10.0"
      : `a runtime for Python cannot run ${entry}`,
  );
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html */
function failoverProblems(
  { alarm, failover, regions, enabled, schedule }: CanaryConfig,
  highResolution: boolean,
): Problem[] {
  if (failover === undefined) return [];
  return [
    ...(highResolution
      ? problem(["failover"], "Route 53 takes metrics of standard resolution alone: switch metrics.highResolution off")
      : []),
    ...(alarm.failedRuns !== alarm.ofRuns
      ? problem(
          ["alarm", "failedRuns"],
          `Route 53 takes no alarm of some runs out of more, and failover follows this one: set failedRuns and ofRuns alike, now ${alarm.failedRuns} and ${alarm.ofRuns}`,
        )
      : []),
    ...(regions.length > 1
      ? problem(["failover"], "a record follows one alarm, and there is one in each region: name one region")
      : []),
    ...(!enabled || !isRepeated(schedule)
      ? problem(["failover"], "a record follows a canary that runs all the time")
      : []),
  ];
}
