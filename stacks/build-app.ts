import { type App, Stack, Tags } from "aws-cdk-lib";
import type { Config } from "../packages/core/src/config/schema.ts";
import { APP } from "./names.ts";
import { type PlanOptions, planStacks } from "./plan.ts";

/** Makes every stack of a configuration in a CDK application, under the ids that SST gives its stacks: `<stage>-belfry-<Name>`. */
export function buildApp(app: App, config: Config, options: PlanOptions): ReadonlyMap<string, Stack> {
  const { account } = config.deploy;
  const stacks = new Map<string, Stack>();
  for (const { name, region, description, after, build } of planStacks(config, options)) {
    const stack = new Stack(app, `${options.stage}-${APP}-${name}`, {
      description,
      env: { region, ...(account === undefined ? {} : { account }) },
    });
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
