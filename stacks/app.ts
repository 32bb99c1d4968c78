// The CDK's entry: `cdk synth` and `cdk deploy` without SST. BELFRY_CONFIG names the configuration, BELFRY_STAGE the stage, BELFRY_DIST the folder of the bundles.
import { resolve } from "node:path";
import { App } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { loadConfig } from "../packages/core/src/config/load.ts";
import { buildApp } from "./build-app.ts";

const root = resolve(import.meta.dirname, "..");
const env = process.env;
const dist = resolve(root, env["BELFRY_DIST"] ?? "dist");
const config = await loadConfig(resolve(root, env["BELFRY_CONFIG"] ?? "belfry.config.ts"));
const app = new App();
buildApp(app, config, {
  stage: env["BELFRY_STAGE"] ?? (app.node.tryGetContext("stage") as string | undefined) ?? "dev",
  code: (functionName) => Code.fromAsset(resolve(dist, functionName)),
});
app.synth();
