import type { StackSummary } from "../platform/stack-client.ts";
import { type Check, listed, ok, problem, type Verdict, warning } from "./check.ts";

// DefaultStackSynthesizer's own minimum: aws-cdk-lib, core/lib/stack-synthesizers/default-synthesizer.ts.
const CDK_BOOTSTRAP_VERSION = 6;

// `sst deploy` makes its own bootstrap stack, and with an older CDKToolkit that too: sst 2.49.8, bootstrap.ts.
const SST_BOOTSTRAP_VERSION = 14;

/** Whether the CDK can deploy: its bucket and roles. */
export const checkCdkBootstrap: Check = {
  id: "cdk-bootstrap",
  scope: "stack-region",
  actions: ["cloudformation:DescribeStacks"],
  link: "https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html",
  async run({ identity, region, ports, signal }) {
    const outputs = await ports.stackOutputs("CDKToolkit", region, signal);
    const fix = `npx cdk bootstrap aws://${identity.account}/${region}`;
    if (outputs === undefined) return [problem("the CDK is not bootstrapped", fix)];
    const version = Number(outputs.BootstrapVersion ?? 0);
    if (version < CDK_BOOTSTRAP_VERSION) {
      return [problem(`CDKToolkit is of version ${version}, the CDK needs ${CDK_BOOTSTRAP_VERSION}`, fix)];
    }
    if (version < SST_BOOTSTRAP_VERSION) {
      return [warning(`CDKToolkit is of version ${version}; npm run deploy (SST) needs ${SST_BOOTSTRAP_VERSION}`, fix)];
    }
    return [ok(`CDKToolkit is of version ${version}`)];
  },
};

/** Whether SST has deployed here before. */
export const checkSstBootstrap: Check = {
  id: "sst-bootstrap",
  scope: "home",
  actions: ["cloudformation:DescribeStacks"],
  link: "https://v2.sst.dev/advanced/bootstrapping",
  async run({ region, ports, signal }) {
    const outputs = await ports.stackOutputs("SSTBootstrap", region, signal);
    if (outputs === undefined) {
      return [ok("there is no SSTBootstrap: npm run deploy makes it, npm run deploy:cdk needs none")];
    }
    return [ok(`SSTBootstrap is of version ${outputs.Version ?? "unknown"}`)];
  },
};

/** What state the stage's stacks are in, and whether they are of one version. */
export const checkStacks: Check = {
  id: "stacks",
  scope: "stack-region",
  actions: ["cloudformation:ListStacks"],
  link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html",
  async run({ settings, region, ports, signal }) {
    const prefix = `${settings.stage}-belfry-`;
    const stacks = (await ports.stacks(region, signal)).filter(({ name }) => name.startsWith(prefix));
    if (stacks.length === 0) return [ok(`stage ${settings.stage} is not deployed here`)];
    const verdicts = [...stacks.flatMap(stateOf), ...drifted(stacks), ...otherVersion(stacks, settings.version)];
    return verdicts.length > 0 ? verdicts : [ok(`complete: ${listed(stacks.map(({ name }) => name))}`)];
  },
};

function stateOf({ name, status }: StackSummary): readonly Verdict[] {
  const what = `${name} is in state ${status}`;
  switch (status) {
    case "CREATE_FAILED":
    case "ROLLBACK_COMPLETE":
    case "ROLLBACK_FAILED":
      return [problem(what, "its first deployment failed and it takes no update: delete it, then deploy again")];
    case "UPDATE_FAILED":
    case "UPDATE_ROLLBACK_FAILED": {
      const command = `aws cloudformation continue-update-rollback --stack-name ${name}`;
      return [problem(what, `mend what its events name, then: ${command}`)];
    }
    case "DELETE_FAILED":
      return [problem(what, "its events name what could not be deleted: delete it again, with that retained")];
    case "UPDATE_ROLLBACK_COMPLETE":
      return [warning(what, "the last update failed and was undone: its events say why; deploy again")];
    default:
      return status.endsWith("_IN_PROGRESS") ? [warning(what, "wait until it has ended")] : [];
  }
}

function drifted(stacks: readonly StackSummary[]): readonly Verdict[] {
  const names = stacks.filter(({ isDrifted }) => isDrifted).map(({ name }) => name);
  if (names.length === 0) return [];
  return [warning(`changed by hand since it was deployed: ${listed(names)}`, "undo it, or deploy again")];
}

/** Stacks say their version in their description: `Belfry 1.2.0: …`. */
function otherVersion(stacks: readonly StackSummary[], version: string): readonly Verdict[] {
  const others = stacks.flatMap(({ name, description }) => {
    const [, deployed] = /^Belfry (\d\S*):/.exec(description) ?? [];
    return deployed === undefined || deployed === version ? [] : [`${name} (${deployed})`];
  });
  if (others.length === 0) return [];
  return [warning(`not of version ${version}, which this is: ${listed(others)}`, "deploy all stacks of the stage")];
}
