import { type App, Aws, Stack, Tags } from "aws-cdk-lib";
import type { Config } from "../packages/core/src/config/schema.ts";
import { APP } from "./names.ts";
import { type PlanOptions, planStacks } from "./plan.ts";

export interface BuildOptions extends PlanOptions {
  /** The one region whose stacks are made; all regions' when absent. SST deploys to one region at a time. */
  readonly region?: string;
}

/**
 * Makes every stack of a configuration in an application of the CDK or of SST, under the ids that SST would give them: `<stage>-belfry-<Name>`. They are the CDK's own
 * stacks in both, because SST's have a Lambda function with wide permissions each.
 */
export function buildApp(app: App, config: Config, options: BuildOptions): ReadonlyMap<string, Stack> {
  // Said in any case: an application of SST would fill in the account of the credentials.
  const { account = Aws.ACCOUNT_ID } = config.deploy;
  const stacks = new Map<string, Stack>();
  for (const { name, region, description, after, build } of planStacks(config, options)) {
    if (options.region !== undefined && options.region !== region) continue;
    const stack = new Stack(app, `${options.stage}-${APP}-${name}`, { description, env: { region, account } });
    for (const other of after) {
      const earlier = stacks.get(other);
      if (earlier !== undefined) stack.addStackDependency(earlier);
    }
    build(stack);
    stacks.set(name, stack);
  }
  Tags.of(app).add("belfry:stage", options.stage);
  return stacks;
}
