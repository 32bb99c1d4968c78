// The CDK's entry: `cdk synth` and `cdk deploy` without SST. BELFRY_CONFIG names the configuration, BELFRY_STAGE the stage, BELFRY_DIST the folder of the bundles.
import { resolve } from "node:path";
import { App } from "aws-cdk-lib";
import { buildApp } from "./build-app.ts";
import { readEntry } from "./entry.ts";

const { env } = process;
const app = new App();
const stage = env.BELFRY_STAGE ?? (app.node.tryGetContext("stage") as string | undefined) ?? "dev";
const { config, code } = await readEntry(resolve(import.meta.dirname, ".."), env);
buildApp(app, config, { stage, code });
app.synth();
