import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { App, Validations } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { AwsSolutionsChecks } from "cdk-nag";
import { afterAll, expect, it } from "vitest";
import { parseConfig } from "../../packages/core/src/config/load.ts";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { acknowledgeFindings } from "../../stacks/accepted-findings.ts";
import { buildApp } from "../../stacks/build-app.ts";
import { type Choice, pairwise } from "./support/pairwise.ts";

type Deploy = NonNullable<ConfigInput["deploy"]>;
type Part = Omit<ConfigInput, "deploy"> & { readonly deploy?: Deploy };

const ACCOUNT = "111122223333";
const VPC = "vpc-0123456789abcdef0";
const READER = `arn:aws:iam::${ACCOUNT}:role/people`;
const CLUSTER = `arn:aws:es:eu-west-1:${ACCOUNT}:domain/logs`;

/** What users choose between, as docs/ describes it. */
const AXES: Record<string, Record<string, Part>> = {
  shape: {
    account: {},
    regions: { deploy: { regions: ["us-east-1", "ap-southeast-2"] } },
    organization: {
      deploy: {
        profile: "organization",
        regions: ["us-east-1"],
        organization: { id: "o-a1b2c3d4e5", units: ["r-ab12"] },
      },
    },
    accounts: {
      deploy: { profile: "organization", trustedAccounts: ["222233334444"], globalEvents: false, sharedMetrics: false },
    },
  },
  ingest: {
    default: {},
    provisioned: { deploy: { ingest: { buffer: "provisioned", shards: 4, subscribe: "none" } } },
    groups: {
      deploy: {
        ingest: { buffer: "on-demand", subscribe: "log-groups", logGroups: ["/app/web"], buckets: ["alb-logs"] },
      },
    },
    own: {
      process: { entry: "./own.ts" },
      deploy: { ingest: { buffer: "on-demand", process: { fromStream: true, logGroups: ["/app/orders"] } } },
    },
  },
  search: {
    default: {},
    none: { deploy: { search: { type: "none" } } },
    serverless: {
      deploy: { search: { type: "serverless", minOcu: 2, firehose: true, vpcEndpoints: ["vpce-0a1b2c3d4e5f67890"] } },
    },
    domain: {
      deploy: { search: { type: "domain", instanceCount: 3, zones: 3, dedicatedMasters: {}, firehose: true } },
    },
    small: { deploy: { search: { type: "domain", instanceCount: 1, zones: 1, readers: [READER] } } },
    url: { deploy: { search: { type: "url", endpoint: "https://search.example.com", arn: CLUSTER } } },
    address: { deploy: { search: { type: "url", endpoint: "https://search.example.com" } } },
  },
  data: {
    default: {},
    customer: { deploy: { encryption: "customer", removal: "destroy" } },
    aws: { deploy: { encryption: "aws", logRetentionDays: 7 } },
  },
  archive: {
    default: {},
    parquet: { deploy: { archive: { format: "parquet", infrequentAfterDays: 30, direct: { logGroups: ["/vpc"] } } } },
    plain: { deploy: { archive: { athena: false, direct: {} }, email: ["ops@example.com"] } },
  },
  upkeep: {
    none: {},
    export: { deploy: { export: { enabled: true, logGroups: ["*"], bucket: "our-exports" } } },
    retention: {
      deploy: { retention: { enabled: true, neverExpire: "set" }, export: { enabled: true, logGroups: ["/a"] } },
    },
  },
  sources: {
    none: {},
    flows: {
      deploy: { logSources: { flowLogs: { vpcs: { "eu-west-1": [VPC] }, bucket: "our-flow-logs" }, trail: "account" } },
    },
    more: {
      deploy: {
        logSources: {
          flowLogs: { vpcs: { "eu-west-1": [VPC] }, intervalSeconds: 60 },
          resolverQueries: { vpcs: { "eu-west-1": [VPC] } },
          trail: "organization",
          apiGateway: true,
        },
      },
    },
  },
  readers: {
    none: {},
    program: { deploy: { consumers: { policy: true, fanOut: ["analytics"] } } },
    account: { deploy: { consumers: { fanOut: ["analytics"], accounts: ["222233334444"] } } },
  },
  hosts: {
    none: {},
    agent: { deploy: { agent: { enabled: true, windows: true, netstat: true, mounts: ["/", "/data"] } } },
    scaling: {
      deploy: {
        agent: {
          ec2Actions: [{ instanceId: "i-0123456789abcdef0", recover: true, stop: true }],
          autoScaling: [{ type: "targetTracking", groupName: "web", metric: "cpu", target: 60 }],
        },
      },
    },
  },
  events: {
    default: {},
    quiet: { deploy: { events: { capture: false, shipped: { "root-api-call": false, "s3-object-created": true } } } },
    more: {
      deploy: {
        events: {
          rules: [
            { name: "orders", pattern: { source: ["shop"] }, targets: [`arn:aws:sqs:eu-west-1:${ACCOUNT}:orders`] },
            {
              name: "databases",
              shipped: "rds-failure",
              bus: "default",
              replayed: true,
              targets: [`arn:aws:sns:eu-west-1:${ACCOUNT}:databases`],
            },
            {
              name: "tickets",
              bus: "aws.partner/example.com/tickets",
              pattern: { source: [{ prefix: "aws.partner" }] },
              targets: [`arn:aws:lambda:eu-west-1:${ACCOUNT}:function:tickets`],
            },
          ],
          schedules: [
            { name: "nightly", expression: "cron(0 2 * * ? *)", zone: "Europe/Berlin" },
            { name: "drain", expression: "rate(5 minutes)", target: `arn:aws:sqs:eu-west-1:${ACCOUNT}:drain` },
          ],
          alarmsTo: { stepFunctions: `arn:aws:states:eu-west-1:${ACCOUNT}:stateMachine:heal` },
          partnerSources: ["aws.partner/example.com/tickets"],
          archive: { days: 7, pattern: { source: ["aws.health"] } },
          schemaRegistry: true,
          discoverer: true,
        },
      },
    },
  },
  alerting: {
    default: {},
    off: { deploy: { alerting: { enabled: false } } },
    quiet: {
      deploy: {
        alerting: { alarmActions: false, respond: { enabled: false }, healthBackFill: { enabled: false } },
        email: ["ops@example.com"],
      },
    },
    channels: {
      channels: {
        chat: { type: "slack", channel: "C024BE91L", token: "/belfry/slack", signingSecret: "/belfry/signing" },
        mail: { type: "email", from: "belfry@example.com", to: ["ops@example.com"] },
        topic: { type: "sns", topicArn: `arn:aws:sns:us-east-1:${ACCOUNT}:ops` },
      },
      oncall: {
        receivers: { default: { channels: ["chat", "mail", "topic"] } },
        corrections: { restart: { matchers: ['alertname="down"'], run: { type: "ec2-recover" }, dryRun: false } },
      },
      deploy: { alerting: { healthBackFill: { organization: true }, respond: { concurrency: 0 } } },
    },
  },
  canaries: {
    none: {},
    plain: { canaries: { shop: { kind: "heartbeat", urls: ["https://shop.example.com/"] } } },
    more: {
      canaries: {
        api: {
          kind: "heartbeat",
          browser: false,
          urls: ["https://api.example.com/"],
          regions: ["eu-west-1", "us-east-1"],
          secrets: { token: "/belfry/canary" },
        },
        own: { kind: "script", entry: "./own.ts", schedule: "once" },
        managed: {
          kind: "script",
          entry: "./managed.py",
          backend: { type: "synthetics", runtime: "syn-python-selenium-10.0" },
        },
        shop: {
          kind: "visual",
          urls: ["https://shop.example.com/"],
          alarm: { failedRuns: 2, ofRuns: 2 },
          failover: {
            hostedZoneId: "Z0123456789ABCDEFGHIJ",
            name: "shop.example.com",
            primary: "a.example.com",
            secondary: "b.example.com",
          },
        },
      },
    },
  },
  sinks: {
    default: {},
    others: {
      sinks: {
        archive: { type: "archive" },
        bucket: { type: "s3", bucket: "our-logs" },
        stream: { type: "kinesis", stream: "ours", region: "us-east-1" },
        delivery: { type: "firehose", deliveryStream: "ours" },
      },
      routes: [{ name: "errors", pattern: { log: { level: ["ERROR"] } }, sinks: ["bucket", "stream", "delivery"] }],
    },
    "no archive": { sinks: { bucket: { type: "s3", bucket: "our-logs" } }, defaultRoute: ["bucket"] },
  },
};

const folder = mkdtempSync(join(tmpdir(), "belfry-combinations-"));
const FLAGS = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../cdk.json"), "utf8")).context;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the alternatives of a choice say, as one configuration of eu-west-1. */
function configOf(choice: Choice): ConfigInput {
  const parts = Object.entries(choice).map(([axis, alternative]) => AXES[axis][alternative]);
  const deploy = parts.reduce((all, { deploy: part = {} }) => merged(all, part), { region: "eu-west-1" } as Deploy);
  return { ...Object.assign({}, ...parts), deploy };
}

function merged<T extends object>(all: T, part: T): T {
  const both = Object.entries(part).map(([key, value]) => {
    const given = (all as Record<string, unknown>)[key];
    return [key, isObject(given) && isObject(value) ? merged(given, value) : value];
  });
  return { ...all, ...Object.fromEntries(both) };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Readers of the stream need one; other accounts among them, a key of one's own. Canaries run in regions that there are. A choice that is not whole yet may still do. */
function fits({ canaries, data, ingest, readers, shape }: Choice): boolean {
  if (canaries === "more" && (shape === "account" || shape === "accounts")) return false;
  if (readers === undefined || readers === "none") return true;
  const hasStream = ingest === undefined || ingest !== "default" || shape !== "account";
  const hasKey =
    data === undefined || data === "customer" || (data === "default" && shape !== "account" && shape !== "regions");
  return hasStream && (readers === "program" || hasKey);
}

/** Synthesizes with empty bundles; the CDK raises what its validation and cdk-nag find and nothing explains. */
function synthesize(config: ConfigInput, name: string): void {
  const app = new App({ outdir: join(folder, name), analyticsReporting: false, context: FLAGS });
  buildApp(app, parseConfig(config, name), { stage: "test", code: (bundle) => Code.fromAsset(emptyBundle(bundle)) });
  acknowledgeFindings(app);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
}

function emptyBundle(name: string): string {
  const bundle = join(folder, "bundles", name);
  mkdirSync(bundle, { recursive: true });
  writeFileSync(join(bundle, "index.mjs"), `export const handler = async () => "${name}";\n`);
  return bundle;
}

it.each(pairwise(AXES, fits).map((choice, i) => [i, Object.values(choice).join(", "), choice] as const))(
  "synthesizes without a finding, %i: %s",
  (i, _, choice) => {
    expect(() => synthesize(configOf(choice), String(i))).not.toThrow();
  },
);
