import { resolve } from "node:path";
import type { ConfigInput } from "../../../packages/core/src/config/schema.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const ACCOUNT = "111122223333";

// Where nobody answers: tests run these channels.
const NOWHERE = "http://127.0.0.1:9";
const secret = (name: string): string => `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:${name}`;

/** A central account with all that can be switched on, and a search domain: for what must hold whatever is deployed. */
export const EVERYTHING = {
  process: { entry: resolve(ROOT, "examples/own-function/send-orders.ts") },
  sinks: {
    archive: { type: "archive" },
    audit: { type: "firehose", deliveryStream: "audit" },
    others: { type: "kinesis", stream: "others" },
    bucket: { type: "s3", bucket: "a-bucket-of-ours" },
  },
  defaultRoute: ["archive", "audit", "others", "bucket"],
  channels: {
    slack: {
      type: "slack",
      channel: "C024BE91L",
      token: secret("belfry/slack-AbCdEf:token"),
      signingSecret: secret("belfry/slack-AbCdEf:signing"),
      endpoint: `${NOWHERE}/api`,
    },
    chat: { type: "slack-webhook", url: "/belfry/chat" },
    pager: { type: "pagerduty", routingKey: secret("belfry/pager-AbCdEf"), endpoint: NOWHERE, fallback: "inbox" },
    teams: { type: "teams", url: `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/belfry/teams` },
    mail: { type: "email", from: "belfry@example.com", to: ["ops@example.com"], configurationSet: "belfry" },
    topic: { type: "sns", topicArn: `arn:aws:sns:eu-west-1:${ACCOUNT}:ops` },
    notify: { type: "sns" },
    hook: { type: "webhook", url: `${NOWHERE}/hook`, signingSecret: "/belfry/hook" },
  },
  oncall: {
    receivers: { default: { channels: ["slack", "chat", "pager", "teams", "mail", "topic", "notify", "hook"] } },
    corrections: {
      restart: { matchers: ['alarmname="checkout-5xx"'], run: { type: "ec2-recover" }, dryRun: false, approval: false },
      drain: {
        matchers: ['alarmname="orders-5xx"'],
        run: {
          type: "ssm-automation",
          document: "drain-host",
          parameters: { Host: ["{alarmname}"] },
          role: `arn:aws:iam::${ACCOUNT}:role/drain-host`,
        },
        dryRun: false,
        approval: false,
      },
      replace: {
        matchers: ['alarmname="cart-5xx"'],
        run: {
          type: "step-functions",
          stateMachineArn: `arn:aws:states:eu-west-1:${ACCOUNT}:stateMachine:replace-host`,
          input: { host: "{alarmname}" },
        },
        dryRun: false,
        approval: false,
      },
    },
  },
  canaries: {
    page: { kind: "heartbeat", urls: [`${NOWHERE}/`], schedule: "rate(5 minutes)", timeoutSeconds: 120 },
    answer: {
      kind: "heartbeat",
      browser: false,
      urls: [`${NOWHERE}/?token=${"${secret:token}"}`],
      secrets: { token: secret("belfry/canary-AbCdEf") },
      schedule: "rate(1 minute)",
      alarm: { failedRuns: 3, ofRuns: 3 },
      failover: {
        hostedZoneId: "Z0123456789ABCDEFGHIJ",
        name: "shop.example.com",
        primary: "192.0.2.1",
        secondary: "192.0.2.2",
      },
    },
    orders: {
      kind: "api",
      steps: [{ name: "list", url: `${NOWHERE}/orders`, headers: { "x-key": "${AWS_SECRET:belfry/orders:key}" } }],
      schedule: "cron(0 6-18 * * ? *)",
    },
    names: {
      kind: "multi-check",
      checks: [{ check: "tcp", name: "port", hostname: "127.0.0.1", port: 9 }],
      schedule: "once",
    },
    look: { kind: "visual", urls: [`${NOWHERE}/`], schedule: "at(2027-01-01T00:00:00)" },
    links: { kind: "links", url: `${NOWHERE}/`, enabled: false },
    recorded: { kind: "recording", file: resolve(ROOT, "test/fixtures/canaries/recording.json") },
    journey: { kind: "workflow", url: `${NOWHERE}/`, steps: [{ action: "click", selector: "#buy" }] },
    checkout: { kind: "script", entry: resolve(ROOT, "examples/canaries-aws/checkout.ts"), browser: false },
    inventory: {
      kind: "script",
      entry: resolve(ROOT, "examples/canaries-aws/inventory.py"),
      backend: { type: "synthetics", runtime: "syn-python-selenium-10.0" },
    },
    basket: {
      kind: "script",
      entry: resolve(ROOT, "test/fixtures/canaries/basket.js"),
      backend: { type: "synthetics", runtime: "syn-nodejs-playwright-9.0" },
      schedule: "once",
    },
  },
  deploy: {
    profile: "organization",
    region: "eu-west-1",
    regions: ["us-east-1"],
    organization: { id: "o-a1b2c3d4e5", units: ["ou-ab12-cdef3456"] },
    email: ["ops@example.com"],
    ingest: {
      buffer: "provisioned",
      shards: 2,
      buckets: ["alb-logs-1"],
      process: { fromStream: true, logGroups: ["/app/orders"] },
    },
    archive: { format: "parquet", infrequentAfterDays: 30, direct: { logGroups: ["/vpc/flows"] } },
    export: { enabled: true, logGroups: ["/app/*"] },
    retention: {
      enabled: true,
      days: 30,
      kmsKey: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
    },
    search: { type: "domain", firehose: true },
    logSources: {
      flowLogs: { vpcs: { "eu-west-1": ["vpc-0123456789abcdef0"] } },
      resolverQueries: { vpcs: { "eu-west-1": ["vpc-0123456789abcdef0"] } },
      hostedZones: [{ id: "Z0123456789ABCDEFGHIJ", name: "example.com" }],
      trail: "organization",
      apiGateway: true,
    },
    alerting: {
      secretKeys: [`arn:aws:kms:eu-west-1:${ACCOUNT}:key/9876fedc-12ab-34cd-56ef-1234567890ab`],
      healthBackFill: { organization: true },
    },
    consumers: { fanOut: ["analytics"], policy: true, accounts: ["222233334444"] },
    events: {
      rules: [
        {
          name: "own",
          pattern: { source: ["com.example"] },
          targets: [`arn:aws:sqs:eu-west-1:${ACCOUNT}:own`, `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:own`],
        },
      ],
      schedules: [{ name: "nightly", expression: "cron(0 3 * * ? *)", zone: "Europe/Berlin" }],
      alarmsTo: {
        kinesis: `arn:aws:kinesis:eu-west-1:${ACCOUNT}:stream/alarms`,
        stepFunctions: `arn:aws:states:eu-west-1:${ACCOUNT}:stateMachine:alarms`,
        lambda: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:alarms`,
      },
      partnerSources: ["aws.partner/example.com/tickets"],
      schemaRegistry: true,
      discoverer: true,
    },
    agent: {
      enabled: true,
      windows: true,
      ec2Actions: [{ instanceId: "i-0123456789abcdef0", recover: true, reboot: true }],
      autoScaling: [
        {
          type: "step",
          groupName: "web",
          metric: "cpu",
          when: "above",
          threshold: 70,
          steps: [{ from: 0, change: 1 }],
        },
      ],
    },
    observe: {
      metricFilters: [{ name: "errors", logGroup: "/app/orders", pattern: "ERROR", metric: "Errors", alarm: {} }],
      queries: [{ name: "slow", logGroups: ["/app/orders"], query: "filter duration > 1000" }],
    },
  },
} as const satisfies ConfigInput;

/** The same with a serverless collection, and an archive of JSON lines. */
export const EVERYTHING_SERVERLESS = {
  ...EVERYTHING,
  deploy: { ...EVERYTHING.deploy, archive: {}, search: { type: "serverless", firehose: true } },
} as const satisfies ConfigInput;

/** The least domain, and a cluster that was there before, of which only the address is known. */
export const SMALL_CLUSTERS = {
  sinks: {
    search: { type: "opensearch" },
    elsewhere: { type: "opensearch", endpoint: "https://search.example.com" },
  },
  defaultRoute: ["search", "elsewhere"],
  deploy: { region: "eu-west-1", search: { type: "domain", instanceCount: 1, zones: 1 } },
} as const satisfies ConfigInput;

/** Corrective actions of every kind that are taken, not only spoken of. */
export const CORRECTING = {
  oncall: {
    corrections: {
      restart: { matchers: ['alertname="down"'], run: { type: "ec2-recover" }, dryRun: false },
      machine: {
        matchers: ['alertname="stuck"'],
        run: { type: "step-functions", stateMachineArn: `arn:aws:states:eu-west-1:${ACCOUNT}:stateMachine:heal` },
        dryRun: false,
      },
    },
  },
  deploy: { region: "eu-west-1" },
} as const satisfies ConfigInput;
