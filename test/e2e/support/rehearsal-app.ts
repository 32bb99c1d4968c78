// The CDK's entry as stacks/app.ts, less the resources that the emulator does not know. It prints what it has left out.
import { resolve } from "node:path";
import { App } from "aws-cdk-lib";
import { buildApp } from "../../../stacks/build-app.ts";
import { readEntry } from "../../../stacks/entry.ts";
import { leaveOut, NOT_EMULATED } from "./without-types.ts";

const { env } = process;
const app = new App();
const { config, code } = await readEntry(resolve(import.meta.dirname, "../../.."), env);
buildApp(app, config, { stage: env.BELFRY_STAGE ?? "dev", code });
const leftOut = leaveOut(app, NOT_EMULATED);
app.synth();
process.stderr.write(`left out: ${[...leftOut].sort().join(", ")}\n`);
