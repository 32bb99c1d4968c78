import type { Stack } from "aws-cdk-lib";
import type { Code } from "aws-cdk-lib/aws-lambda";
import { deployedConfig } from "../packages/core/src/config/deploy/deployed-config.ts";
import { resolveDeployment } from "../packages/core/src/config/deploy/deployment.ts";
import type { Config } from "../packages/core/src/config/schema.ts";
import { agent, hasHosts } from "./agent.ts";
import { alerting } from "./alerting.ts";
import { archive } from "./archive.ts";
import { canaryParts } from "./canaries.ts";
import { consumers, hasConsumers } from "./consumers.ts";
import { events } from "./events.ts";
import { foundation } from "./foundation.ts";
import { ingest } from "./ingest.ts";
import { namesOf, VERSION } from "./names.ts";
import { observe } from "./observe.ts";
import { guardOwnLogs } from "./own-log-groups.ts";
import { regionalParts } from "./plan-regions.ts";
import { search } from "./search.ts";
import { checkSinks } from "./sink-rules.ts";
import type { StackPart } from "./stack-context.ts";
import { upkeep } from "./upkeep.ts";

/** One stack to be made by an entry: the CDK's (`app.ts`) or SST's (`sst.config.ts`). */
export interface StackPlan {
  /** Its name without stage and application: `Foundation`. */
  readonly name: string;
  readonly region: string;
  readonly description: string;
  /** Names of the stacks that are deployed before it. */
  readonly after: readonly string[];
  build(stack: Stack): void;
}

export interface PlanOptions {
  readonly stage: string;
  readonly code: (functionName: string) => Code;
}

/**
 * All stacks of a configuration, each after those that it depends on. That of the console has its place between
 * `Alerting` and `Observe`. Raises BAD_CONFIG for sinks that cannot be deployed.
 */
export function planStacks(given: Config, { stage, code }: PlanOptions): readonly StackPlan[] {
  const config = ofStage(deployedConfig(given), stage);
  const deployment = resolveDeployment(config.deploy);
  const names = namesOf(stage, deployment.region);
  checkSinks(config, deployment, names);
  const parts: readonly StackPart[] = [
    { name: "Foundation", description: "key, buckets, state, alarms' topic", build: foundation },
    { name: "Archive", description: "delivery to S3, table, workgroup", after: ["Foundation"], build: archive },
    {
      name: "Search",
      description: "collection or domain, its set-up",
      after: ["Foundation"],
      when: deployment.search.type !== "none",
      build: search,
    },
    {
      name: "Ingest",
      description: "stream and functions that logs come in by",
      after: ["Foundation", "Archive", "Search"],
      build: ingest,
    },
    {
      name: "Upkeep",
      description: "replay, export, retention",
      after: ["Foundation"],
      when: deployment.ingest.buffer !== "none" || deployment.export.enabled || deployment.retention.enabled,
      build: upkeep,
    },
    { name: "Events", description: "bus, rules, schedules, archive of events", after: ["Foundation"], build: events },
    {
      name: "Alerting",
      description: "who is told of what goes wrong: queues, state, functions",
      after: ["Foundation", "Events"],
      when: deployment.alerting.enabled,
      build: alerting,
    },
    ...regionalParts(deployment),
    ...canaryParts(config, deployment),
    {
      name: "Consumers",
      description: "others that read the stream",
      after: ["Foundation", "Ingest"],
      when: hasConsumers(deployment),
      build: consumers,
    },
    {
      name: "Agent",
      description: "the CloudWatch agent, alarms on instances",
      after: ["Foundation"],
      when: hasHosts(deployment.agent),
      build: agent,
    },
    // Last: it watches what all others made.
    {
      name: "Observe",
      description: "dashboards, alarms, queries, tracing",
      after: ["Foundation", "Archive", "Ingest", "Events", "Alerting", "Canaries", "Upkeep", "Agent", "Search"],
      build: observe,
    },
  ];
  return parts
    .filter(({ when = true }) => when)
    .map(({ name, description, after = [], region = deployment.region, build }) => ({
      name,
      region,
      description: `Belfry ${VERSION}: ${description}`,
      after,
      build: (stack) => {
        build(stack, { config, deployment, names, region, code });
        guardOwnLogs(stack);
      },
    }));
}

/** Each stage has a metric namespace of its own, such as `Belfry/prod`, so that two of them in an account do not add up. */
function ofStage(config: Config, stage: string): Config {
  return { ...config, metrics: { ...config.metrics, namespace: `${config.metrics.namespace}/${stage}` } };
}
