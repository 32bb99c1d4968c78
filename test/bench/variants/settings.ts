import { type Config, type ConfigInput, ConfigSchema } from "../../../packages/core/src/config/schema.ts";
import { VPC5_FORMAT } from "../shapes/vpcflow.ts";

/** Epoch milliseconds that both the product and the reference take for now, so that the days of indices do not depend on the day of the run. */
export const NOW_MS = Date.UTC(2026, 10, 22, 4);

/** Names of the two destinations. */
export const SEARCH = "search";
export const ARCHIVE = "archive";

/** A name for an account, a service for a log group, a rule that drops, redaction as it is by default, and every record to two sinks. */
const INPUT: ConfigInput = {
  accounts: { "123456789012": { name: "production" } },
  parsers: [{ logGroup: "/aws/vpc/flow-logs-v5", parser: "aws.vpcflow", format: VPC5_FORMAT }],
  enrich: [
    { logGroup: "/aws/lambda/orders-*", service: "orders", environment: "production", labels: { team: "shop" } },
  ],
  drop: [
    {
      name: "dns-inside-vpc",
      pattern: {
        event: { dataset: ["aws.vpcflow"], outcome: ["success"] },
        source: { ip: [{ cidr: "10.0.0.0/8" }] },
        destination: { ip: [{ cidr: "10.0.0.0/8" }], port: [53] },
      },
    },
  ],
  routes: [{ name: "everything", pattern: { cloud: { provider: ["aws"] } }, sinks: [SEARCH, ARCHIVE] }],
  sinks: {
    [SEARCH]: { type: "opensearch", endpoint: "http://127.0.0.1:9200", service: "none" },
    [ARCHIVE]: { type: "firehose", deliveryStream: "archive" },
  },
};

/** The configuration of the measured pipeline. */
export const CONFIG: Config = ConfigSchema.parse(INPUT);

/** The largest size that one payload may inflate to. */
export const INFLATED_BYTES = CONFIG.limits.inflatedBytes;
