import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { resolveDeployment } from "../../packages/core/src/config/deploy/deployment.ts";
import { type AcceptedFinding, acknowledgeFindings } from "../../stacks/accepted-findings.ts";
import { buildApp } from "../../stacks/build-app.ts";
import { collectorTemplate } from "../../stacks/collector.ts";
import { readEntry } from "../../stacks/entry.ts";
import type { PlanOptions } from "../../stacks/plan.ts";
import { ROOT } from "../check/gate.ts";

/** What to synthesize; paths are absolute. */
export interface SynthInput {
  readonly config: string;
  readonly stage: string;
  /** The folder of the bundles. */
  readonly dist: string;
  /** Gives functions other bundles than those: what they are does not change the templates. */
  readonly code?: PlanOptions["code"];
  /** The folder that the cloud assembly is written to, emptied first. */
  readonly outdir: string;
}

/** One synthesized stack. */
export interface StackSize {
  readonly name: string;
  readonly region: string;
  readonly resources: number;
  readonly templateBytes: number;
}

/** What CDK's validation and cdk-nag have found and nothing explains, a line each. */
export interface SynthResult {
  readonly stacks: readonly StackSize[];
  readonly findings: readonly string[];
  /** What explained a finding. */
  readonly accepted: ReadonlySet<AcceptedFinding>;
}

interface ValidationReport {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly {
      readonly ruleName: string;
      readonly description: string;
      readonly violatingConstructs: readonly { readonly constructPath?: string }[];
    }[];
  }[];
}

/** The collector of member accounts, for deployment by hand, beside the stacks' templates. */
const COLLECTOR_FILE = "collector.template.json";

/** Synthesizes all stacks of a configuration, without credentials and network, as `cdk synth` does, and validates them. */
export async function synthesize({ config, stage, dist, code, outdir }: SynthInput): Promise<SynthResult> {
  rmSync(outdir, { recursive: true, force: true });
  const entry = await readEntry(ROOT, { BELFRY_CONFIG: config, BELFRY_DIST: dist });
  const app = new App({ outdir, analyticsReporting: false, context: featureFlags() });
  const stacks = buildApp(app, entry.config, { stage, code: code ?? entry.code });
  const { accepted, failure } = quietly(() => {
    const explained = acknowledgeFindings(app);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    return { accepted: explained, failure: synthFailure(app) };
  });
  const findings = findingsIn(resolve(outdir, "validation-report.json"));
  if (failure !== undefined && findings.length === 0) throw failure;
  if (resolveDeployment(entry.config.deploy).central) {
    writeFileSync(resolve(outdir, COLLECTOR_FILE), JSON.stringify(collectorTemplate(entry.config, stage)));
  }
  return {
    stacks: [...stacks.values()].map(({ stackName, region, templateFile }) => ({
      name: stackName,
      region,
      ...sizeOf(resolve(outdir, templateFile)),
    })),
    findings,
    accepted,
  };
}

/** The flags of cdk.json, with which `cdk` and SST synthesize. */
function featureFlags(): Record<string, unknown> {
  return JSON.parse(readFileSync(resolve(ROOT, "cdk.json"), "utf8")).context;
}

/** cdk-nag reads properties that are deprecated, which the CDK would warn of as if we had set them. What we set it has warned of by then. */
function quietly<T>(task: () => T): T {
  const { JSII_DEPRECATED: before } = process.env;
  process.env.JSII_DEPRECATED = "quiet";
  try {
    return task();
  } finally {
    if (before === undefined) delete process.env.JSII_DEPRECATED;
    else process.env.JSII_DEPRECATED = before;
  }
}

// Findings make it throw, and are in the report all the same.
function synthFailure(app: App): unknown {
  try {
    app.synth();
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

function findingsIn(report: string): string[] {
  if (!existsSync(report)) return [];
  const { pluginReports } = JSON.parse(readFileSync(report, "utf8")) as ValidationReport;
  return pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, description, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath = "" }) => `${ruleName} ${constructPath}: ${description}`),
    ),
  );
}

function sizeOf(template: string): Pick<StackSize, "resources" | "templateBytes"> {
  const { Resources = {} } = JSON.parse(readFileSync(template, "utf8")) as { Resources?: object };
  return { resources: Object.keys(Resources).length, templateBytes: statSync(template).size };
}
