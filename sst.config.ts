// SST's entry: `sst deploy` of the same stacks as stacks/app.ts, those of one region. The same environment variables choose the configuration and the bundles.
// SST bundles this file into the folder that it is run in, so paths are relative to that and not to this file.
import type { SSTConfig } from "sst";
import { buildApp } from "./stacks/build-app.ts";
import { readEntry } from "./stacks/entry.ts";
import { APP } from "./stacks/names.ts";

export default {
  async config({ region }) {
    const { config } = await readEntry(process.cwd(), process.env);
    // The CDK's own bucket also keeps SST's state: without this SST's bootstrap makes a bucket and a custom resource.
    return { name: APP, region: region ?? config.deploy.region, bootstrap: { useCdkBucket: true } };
  },
  async stacks(app) {
    const { config, code } = await readEntry(process.cwd(), process.env);
    const stacks = buildApp(app, config, { stage: app.stage, region: app.region, code });
    if (stacks.size === 0)
      throw new Error(`no stack of ${app.stage} is in ${app.region}: the home region is ${config.deploy.region}`);
  },
} satisfies SSTConfig;
