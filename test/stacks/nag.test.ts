import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROFILES } from "../../scripts/synth/profiles.ts";
import { type SynthResult, synthesize } from "../../scripts/synth/synthesize.ts";
import { ACCEPTED_FINDINGS, type AcceptedFinding } from "../../stacks/accepted-findings.ts";
import { CORRECTING, EVERYTHING, EVERYTHING_SERVERLESS, SMALL_CLUSTERS } from "./support/everything.ts";
import { emptyBundle } from "./support/synth.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/**
 * Actions that know no resources, so that their statements name all. CloudWatch:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html X-Ray: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
 * Deliveries of Step Functions' logs: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html CloudWatch Logs' lists:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html The list of buckets: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html Composite alarms are answered only to who may ask for all:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html EC2: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html AWS Health: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awshealthapisandnotifications.html
 */
const WITHOUT_RESOURCES = [
  "cloudwatch:DescribeAlarms",
  "cloudwatch:PutMetricData",
  "ec2:DescribeInstanceStatus",
  "ec2:DescribeInstances",
  "health:DescribeAffectedAccountsForOrganization",
  "health:DescribeAffectedEntities",
  "health:DescribeAffectedEntitiesForOrganization",
  "health:DescribeEventDetails",
  "health:DescribeEventDetailsForOrganization",
  "health:DescribeEvents",
  "health:DescribeEventsForOrganization",
  "logs:CreateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:DescribeExportTasks",
  "logs:DescribeLogGroups",
  "logs:DescribeResourcePolicies",
  "logs:GetLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:UpdateLogDelivery",
  "organizations:ListAccounts",
  "s3:ListAllMyBuckets",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
  "xray:PutTelemetryRecords",
  "xray:PutTraceSegments",
];

/** Configurations that are synthesized: those that users start from, two with all that can be switched on, one with the least clusters, and one with corrective actions. */
const WRITTEN = {
  "everything-with-a-domain": EVERYTHING,
  "everything-with-a-collection": EVERYTHING_SERVERLESS,
  "small-clusters": SMALL_CLUSTERS,
  "corrective-actions": CORRECTING,
};
const CONFIGS = [...PROFILES.map(({ name }) => name), ...Object.keys(WRITTEN)];

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
}

let folder: string;
const results = new Map<string, SynthResult>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "belfry-nag-"));
  const synthesized = (name: string, config: string) =>
    synthesize({ config, stage: "test", dist: folder, code: emptyBundle, outdir: join(folder, name) });
  for (const { name, config } of PROFILES) results.set(name, await synthesized(name, resolve(ROOT, config)));
  for (const [name, config] of Object.entries(WRITTEN)) {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(config));
    results.set(name, await synthesized(name, file));
  }
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(CONFIGS)("%s", (name) => {
  it("has no finding of the CDK's validation or of cdk-nag that is not explained", () => {
    expect(results.get(name)?.findings).toEqual([]);
  });

  it("names all resources only for actions that know none", () => {
    const open = templatesIn(join(folder, name))
      .flatMap(({ file, template }) => statementsIn(template).map((statement) => ({ file, ...statement })))
      .filter(
        ({ Effect, Principal, Resource }) =>
          Effect === "Allow" && Principal === undefined && [Resource].flat().includes("*"),
      )
      .filter(({ Action }) => [Action].flat().some((action) => !WITHOUT_RESOURCES.includes(action)));
    expect(open).toEqual([]);
  });
});

describe("the accepted findings", () => {
  it("each explain something, with a reason", () => {
    const used = new Set<AcceptedFinding>();
    for (const { accepted } of results.values()) for (const finding of accepted) used.add(finding);
    expect(ACCEPTED_FINDINGS.filter((finding) => !used.has(finding))).toEqual([]);
    for (const { reason } of ACCEPTED_FINDINGS) expect(reason.length).toBeGreaterThan(40);
  });
});

function templatesIn(outdir: string): { file: string; template: unknown }[] {
  return readdirSync(outdir)
    .filter((file) => file.endsWith(".template.json"))
    .map((file) => ({ file, template: JSON.parse(readFileSync(join(outdir, file), "utf8")) }));
}

/** Every statement of every policy, wherever it stands. */
function statementsIn(value: unknown): Statement[] {
  if (typeof value !== "object" || value === null) return [];
  const own = "Statement" in value && Array.isArray(value.Statement) ? (value.Statement as Statement[]) : [];
  return [...own, ...Object.values(value).flatMap(statementsIn)];
}
