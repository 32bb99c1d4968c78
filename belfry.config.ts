// The configuration that `npm start` and the stacks use. All keys, with their defaults: docs/reference/configuration.md; what they are for: docs/configuration.md.
import { defineConfig } from "@belfry/core/config/schema";

export default defineConfig({
  // Names for account ids: they become cloud.account.name, the labels labels.*.
  accounts: {
    // "123456789012": { name: "production", labels: { team: "platform" } },
  },

  // Which parser reads what. Without a rule it is chosen by the log group's name and the form of the line.
  parsers: [
    // { logGroup: "/vpc/custom", parser: "aws.vpcflow", format: "${version} ${account-id} ${srcaddr} ${dstaddr} ${action}" },
  ],

  // What else is known of a log group, a bucket or an account.
  enrich: [
    // { logGroup: "/aws/lambda/orders-*", service: "orders", environment: "production", labels: { team: "shop" } },
  ],

  // Records that nobody needs, by EventBridge event patterns over their fields. They are counted under the rule's name.
  drop: [{ name: "health-checks", pattern: { app: { url: { path: ["/health", "/healthz", "/ping"] } } } }],

  // Records of which a share is enough. The record's id decides, so a record has the same verdict each time.
  sample: [
    // { name: "debug-logs", pattern: { log: { level: [{ "equals-ignore-case": "debug" }] } }, keep: 0.1 },
  ],

  // Secrets are masked before any sink. All kinds are on; add texts and expressions of your own. See docs/redaction.md.
  redact: {
    literals: [],
    expressions: [],
  },

  // The first route whose pattern matches takes the record. What none takes goes to defaultRoute.
  routes: [],
  defaultRoute: ["archive"],

  // Where records can go. For OpenSearch add: search: { type: "opensearch" }, with OPENSEARCH_URL set, and name it in a route.
  sinks: {
    archive: { type: "archive" },
  },

  // Checked by `npx belfry test`.
  tests: [
    {
      name: "health checks are dropped",
      given: { message: { level: "info", message: "ok", url: { path: "/health" } } },
      expect: { dropped: "health-checks" },
    },
    {
      name: "e-mail addresses are masked",
      given: { message: "2026-11-22T03:00:00Z ERROR no mailbox for jane@example.com" },
      expect: {
        route: "default",
        sinks: ["archive"],
        fields: { "log.level": "ERROR", message: "2026-11-22T03:00:00Z ERROR no mailbox for ****************" },
      },
    },
  ],
});
