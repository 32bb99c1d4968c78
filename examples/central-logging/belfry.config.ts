// The central logging account of an organization: everything is archived, what people search goes to OpenSearch, security teams get their own copy.
import { defineConfig } from "@belfry/core/config/schema";

export default defineConfig({
  accounts: {
    "111122223333": { name: "logging", labels: { team: "platform" } },
    "444455556666": { name: "shop-production", labels: { team: "shop", stage: "production" } },
  },

  // The stream that each region's Destination feeds, for records whose envelope does not name the region.
  streams: {
    "belfry-logs-us-east-1": { region: "us-east-1" },
    "belfry-logs-ap-southeast-2": { region: "ap-southeast-2" },
  },

  // Flow logs with an order of columns of their own. Those in AWS's order need no rule.
  parsers: [
    {
      logGroup: "/network/transit-*",
      parser: "aws.vpcflow",
      format:
        "${version} ${account-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${bytes} ${action} ${start} ${end}",
    },
  ],

  enrich: [
    { logGroup: "/ecs/*", environment: "production" },
    { logGroup: "/aws/lambda/print-label", service: "shipping", environment: "production" },
    { bucket: "shop-exports", service: "shop", labels: { retention: "short" } },
  ],

  drop: [
    { name: "health-checks", pattern: { app: { path: ["/health", "/ready"] } } },
    {
      name: "lambda-start-end",
      pattern: { event: { dataset: ["aws.lambda"], action: ["platform.start", "platform.end"] } },
    },
  ],

  // Accepted flows are many and alike: a twentieth tells as much. Rejected ones are all kept.
  sample: [
    {
      name: "accepted-flows",
      pattern: { event: { dataset: ["aws.vpcflow"] }, aws: { vpcflow: { action: ["ACCEPT"] } } },
      keep: 0.05,
    },
  ],

  redact: {
    literals: ["internal.example.net"],
    expressions: ["\\bEMP-\\d{6}\\b"],
  },

  routes: [
    // Calls that were denied, and people at the console: to the security team's stream as well.
    {
      name: "security",
      pattern: {
        $or: [
          { event: { action: ["ConsoleLogin"] } },
          { event: { dataset: ["aws.cloudtrail"], outcome: ["failure"] } },
        ],
      },
      sinks: ["security"],
      continue: true,
    },
    { name: "audit", pattern: { event: { dataset: ["aws.cloudtrail"] } }, sinks: ["search", "archive"] },
    { name: "rejected-flows", pattern: { aws: { vpcflow: { action: ["REJECT"] } } }, sinks: ["search", "archive"] },
    {
      name: "application-errors",
      pattern: { log: { level: [{ "equals-ignore-case": "error" }] } },
      sinks: ["search", "archive"],
    },
  ],
  defaultRoute: ["archive"],

  sinks: {
    archive: { type: "archive", compression: "zstd" },
    search: { type: "opensearch" },
    security: { type: "kinesis", stream: "security-events" },
  },

  retentionDays: { "aws.cloudtrail": 365, "aws.vpcflow": 14, "app.json": 30 },

  tests: [
    {
      name: "a health check is dropped",
      given: { message: { level: "info", path: "/health" }, logGroup: "/ecs/web", account: "444455556666" },
      expect: { dropped: "health-checks" },
    },
    {
      name: "a denied call goes to the security team, to search and to the archive",
      given: {
        message: {
          eventVersion: "1.09",
          eventTime: "2026-01-31T08:00:00Z",
          eventSource: "iam.amazonaws.com",
          eventName: "CreateUser",
          awsRegion: "us-east-1",
          errorCode: "AccessDenied",
          userIdentity: { type: "IAMUser", userName: "ben", accountId: "444455556666" },
          eventType: "AwsApiCall",
          recipientAccountId: "444455556666",
        },
        logGroup: "aws-cloudtrail-logs",
        account: "444455556666",
        region: "us-east-1",
      },
      expect: {
        route: "security",
        sinks: ["security", "search", "archive"],
        fields: {
          "event.outcome": "failure",
          "user.name": "ben",
          "cloud.account.name": "shop-production",
          "labels.team": "shop",
        },
      },
    },
    {
      name: "a rejected flow is kept and can be searched",
      given: {
        message: "2 444455556666 eni-0a 203.0.113.9 10.0.0.7 40000 22 6 1 40 1769846400 1769846460 REJECT OK",
        logGroup: "/aws/vpc/flow-logs",
        account: "444455556666",
      },
      expect: { route: "rejected-flows", fields: { "destination.port": 22, "source.ip": "203.0.113.9" } },
    },
    {
      name: "flow logs with columns of their own are read by the rule",
      given: {
        message: "5 444455556666 10.0.0.7 203.0.113.9 40000 443 6 5200 REJECT 1769846400 1769846460",
        logGroup: "/network/transit-eu",
      },
      expect: { route: "rejected-flows", fields: { "destination.port": 443, "network.bytes": 5200 } },
    },
    {
      name: "an error of an application can be searched, without staff numbers and internal names",
      given: {
        message: { level: "ERROR", message: "EMP-123456 cannot reach db.internal.example.net", order: { id: 7 } },
        logGroup: "/ecs/web",
        account: "444455556666",
      },
      expect: {
        route: "application-errors",
        fields: {
          message: "********** cannot reach db.********************",
          "service.environment": "production",
          "app.order.id": 7,
          "log.level": "ERROR",
        },
      },
    },
    {
      name: "everything else is archived",
      given: { message: { level: "info", message: "done" }, logGroup: "/ecs/web" },
      expect: { route: "default", sinks: ["archive"] },
    },
  ],
});
