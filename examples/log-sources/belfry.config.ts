// A central account that switches on the logs of its own VPCs, zones and APIs and the organization's trail, and lets others read the stream beside Belfry.
import { defineConfig } from "@belfry/core/config/schema";

export default defineConfig({
  deploy: {
    profile: "organization",
    region: "eu-west-1",
    regions: ["us-east-1"],
    organization: { id: "o-a1b2c3d4e5" },
    logSources: {
      flowLogs: { vpcs: { "eu-west-1": ["vpc-0123456789abcdef0"], "us-east-1": ["vpc-0fedcba9876543210"] } },
      resolverQueries: { vpcs: { "eu-west-1": ["vpc-0123456789abcdef0"] } },
      hostedZones: [{ id: "Z0123456789ABCDEFGHIJ", name: "example.com" }],
      trail: "organization",
      apiGateway: true,
    },
    consumers: { fanOut: ["analytics"], policy: true, accounts: ["222233334444"] },
  },

  // Accepted flows are many and seldom looked at: one in twenty is enough.
  sample: [
    {
      name: "accepted-flows",
      pattern: { event: { dataset: ["aws.vpcflow"] }, aws: { vpcflow: { action: ["ACCEPT"] } } },
      keep: 0.05,
    },
  ],

  tests: [
    {
      name: "an access log of an API is read as JSON",
      given: {
        message: { requestId: "c6af9ac6", method: "GET", path: "/orders", status: "200", responseLatencyMs: "12" },
        logGroup: "API-Gateway-Access-Logs_a1b2c3",
      },
      expect: { route: "default", fields: { "event.dataset": "app.json", "app.path": "/orders" } },
    },
  ],
});
