// `npm run deploy`, `npm run diff`, `npm run remove`, and the same with `:cdk`: builds, and hands the stacks to SST or to the CDK.
import { resolve } from "node:path";
import { checkStage } from "../packages/core/src/config/deploy/stage.ts";
import { loadConfig } from "../packages/core/src/config/load.ts";
import { ROOT } from "./check/gate.ts";
import { checkAccount } from "./deploy/account.ts";
import { parseDeployArguments } from "./deploy/arguments.ts";
import { runProgram } from "./deploy/run-program.ts";
import { toolCommand } from "./deploy/tool-command.ts";
import { runBuild } from "./synth/run-build.ts";

const HELP = `Usage: npm run deploy -- --stage STAGE [options] [arguments of sst or cdk]
       npm run deploy:cdk, diff, diff:cdk, remove, remove:cdk likewise

Builds the functions with the configuration and deploys, compares or removes the stacks of a stage. SST takes those of one region (--region REGION, the home region when
absent), the CDK those of all regions. Needs AWS credentials, as the AWS CLI finds them.

Options:
  --stage STAGE      which stage; its name is part of every resource's name
  --config FILE      configuration (belfry.config.ts)
  --profile PROFILE  profile of ~/.aws/config whose credentials are used
  --help             print this`;

async function main(): Promise<number> {
  const { action, tool, stage, config, profile, help, rest } = parseDeployArguments(process.argv.slice(2));
  if (help) {
    console.log(HELP);
    return 0;
  }
  if (stage === undefined) throw new Error("say which stage: --stage prod");
  checkStage(stage);
  const file = resolve(config);
  const { deploy } = await loadConfig(file);
  // The SDK, SST and the CDK all read it.
  if (profile !== undefined) process.env.AWS_PROFILE = profile;
  const { account } = await checkAccount(deploy);
  console.log(`${action} of stage ${stage} in account ${account} with ${tool}: ${config}`);
  const dist = resolve(ROOT, "dist");
  runBuild(file, dist);
  const { command, args } = toolCommand(tool, action, stage, rest);
  console.log(`${command} ${args.join(" ")}`);
  return runProgram(command, args, { BELFRY_CONFIG: file, BELFRY_STAGE: stage, BELFRY_DIST: dist });
}

process.exitCode = await main().catch((error: Error) => {
  console.error(error.message);
  return 1;
});
