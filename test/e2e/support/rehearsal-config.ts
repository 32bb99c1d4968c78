import type { ConfigInput } from "@belfry/core/config/schema";

/** The emulator's account. */
export const ACCOUNT = "000000000000";
/** The home region. */
export const REGION = "eu-west-1";

/** A central account with a stream, objects of a bucket, and everything else that the profile has. */
export function streamConfig(endpoint: string): ConfigInput {
  return {
    deploy: {
      profile: "organization",
      region: REGION,
      regions: ["us-east-1"],
      organization: { id: "o-a1b2c3d4e5", units: ["ou-ab12-11111111"] },
      email: ["operations@example.com"],
      ingest: { buffer: "provisioned", buckets: ["rehearsal-objects"] },
      search: { type: "url", endpoint, service: "none" },
      events: {
        rules: [
          {
            name: "orders",
            pattern: { source: ["shop.orders"] },
            targets: [`arn:aws:sqs:${REGION}:${ACCOUNT}:rehearsal-orders`],
          },
        ],
      },
    },
  };
}

/** One account, whose log group invokes the function itself. */
export function directConfig(endpoint: string): ConfigInput {
  return {
    deploy: {
      region: REGION,
      ingest: { subscribe: "log-groups", logGroups: ["/rehearsal/direct"] },
      search: { type: "url", endpoint, service: "none" },
    },
  };
}
