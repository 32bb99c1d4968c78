// The central account of an organization: all accounts of two units and two regions send their logs and events to eu-west-1, encrypted with a key of its own.
import { defineConfig } from "@belfry/core/config/schema";

export default defineConfig({
  deploy: {
    profile: "organization",
    region: "eu-west-1",
    regions: ["us-east-1"],
    organization: { id: "o-a1b2c3d4e5", units: ["ou-ab12-11111111", "ou-ab12-22222222"] },
    email: ["operations@example.com"],
    archive: { infrequentAfterDays: 30, expireAfterDays: 730 },
  },

  accounts: {
    "111122223333": { name: "logging", labels: { team: "platform" } },
    "444455556666": { name: "shop-production", labels: { team: "shop" } },
  },

  enrich: [{ logGroup: "/ecs/*", environment: "production" }],

  sample: [
    {
      name: "accepted-flows",
      pattern: { event: { dataset: ["aws.vpcflow"] }, aws: { vpcflow: { action: ["ACCEPT"] } } },
      keep: 0.05,
    },
  ],

  retentionDays: { "aws.cloudtrail": 365, "aws.vpcflow": 14 },

  tests: [
    {
      name: "a rejected flow is kept, with its account's name",
      given: {
        message: "2 444455556666 eni-0a 203.0.113.9 10.0.0.7 40000 22 6 1 40 1769846400 1769846460 REJECT OK",
        logGroup: "/aws/vpc/flow-logs",
        account: "444455556666",
      },
      expect: {
        route: "default",
        sinks: ["archive"],
        fields: { "cloud.account.name": "shop-production", "destination.port": 22 },
      },
    },
  ],
});
