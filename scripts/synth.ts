// `npm run synth`: builds and synthesizes every profile into cdk.out/<profile>, offline and without credentials, and validates what comes out.
import { relative, resolve } from "node:path";
import { ROOT } from "./check/gate.ts";
import { scriptOptions } from "./script-options.ts";
import { PROFILES } from "./synth/profiles.ts";
import { runBuild } from "./synth/run-build.ts";
import { stackTable } from "./synth/stack-table.ts";
import { synthesize } from "./synth/synthesize.ts";

const HELP = `Usage: npm run synth -- [options]

Builds the functions and synthesizes the stacks, without credentials and network: of belfry.config.ts and of the examples. Fails on anything that
the CDK's validation or cdk-nag (AwsSolutions) finds and stacks/accepted-findings.ts does not explain.

Options:
  --config FILE  this configuration alone, into cdk.out/custom
  --stage STAGE  stage to synthesize (prod)
  --help         print this`;

const options = scriptOptions({
  config: { type: "string" },
  stage: { type: "string", default: "prod" },
  help: { type: "boolean", default: false },
});

async function main(): Promise<boolean> {
  const profiles =
    options.config === undefined ? PROFILES : [{ name: "custom", config: relative(ROOT, resolve(options.config)) }];
  const findings: string[] = [];
  for (const profile of profiles) {
    const config = resolve(ROOT, profile.config);
    const dist = resolve(ROOT, ".cache/synth", profile.name);
    const outdir = resolve(ROOT, "cdk.out", profile.name);
    runBuild(config, dist);
    const result = await synthesize({ config, stage: options.stage, dist, outdir });
    console.log(`${profile.config}, in cdk.out/${profile.name}:\n${stackTable(result.stacks)}\n`);
    findings.push(...result.findings.map((finding) => `${profile.name}: ${finding}`));
  }
  if (findings.length === 0) console.log("the CDK's validation and cdk-nag found nothing that is not explained");
  else console.error(`not explained in stacks/accepted-findings.ts:\n${findings.join("\n")}`);
  return findings.length === 0;
}

if (options.help) console.log(HELP);
else {
  const passed = await main().catch((error: Error) => {
    console.error(error.message);
    return false;
  });
  if (!passed) process.exitCode = 1;
}
