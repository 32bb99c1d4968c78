import type { Stack } from "aws-cdk-lib";
import type { Code } from "aws-cdk-lib/aws-lambda";
import { resolveDeployment } from "../packages/core/src/config/deploy/deployment.ts";
import type { Config } from "../packages/core/src/config/schema.ts";
import { archive } from "./archive.ts";
import { foundation } from "./foundation.ts";
import { ingest } from "./ingest.ts";
import { namesOf } from "./names.ts";
import { guardOwnLogs } from "./own-log-groups.ts";
import type { StackContext } from "./stack-context.ts";

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

interface Part {
  readonly name: string;
  readonly description: string;
  readonly after?: readonly string[];
  /** Left out when false. */
  readonly when?: boolean;
  readonly region?: string;
  readonly build: (stack: Stack, context: StackContext) => void;
}

/**
 * All stacks of a configuration, each after those that it depends on. The stacks of alerting, canaries and the console have their place between
 * `Events` and `Observe`. Raises BAD_CONFIG for parts that exclude each other.
 */
export function planStacks(config: Config, { stage, code }: PlanOptions): readonly StackPlan[] {
  const deployment = resolveDeployment(config.deploy);
  const names = namesOf(stage, deployment.region);
  const parts: readonly Part[] = [
    { name: "Foundation", description: "key, buckets, state, alarms' topic", build: foundation },
    { name: "Archive", description: "delivery to S3, table, workgroup", after: ["Foundation"], build: archive },
    {
      name: "Ingest",
      description: "stream and functions that logs come in by",
      after: ["Foundation", "Archive"],
      build: ingest,
    },
  ];
  return parts
    .filter(({ when = true }) => when)
    .map(({ name, description, after = [], region = deployment.region, build }) => ({
      name,
      region,
      description: `Belfry: ${description}`,
      after,
      build: (stack) => {
        build(stack, { config, deployment, names, region, code });
        guardOwnLogs(stack);
      },
    }));
}
