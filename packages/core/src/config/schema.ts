import * as z from "zod";
import { Canaries } from "./canaries/schema.ts";
import { Channels } from "./channels/schema.ts";
import { DATASETS } from "./datasets.ts";
import { Deploy } from "./deploy/schema.ts";
import { OnCall } from "./oncall/schema.ts";

const SinkName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, "a sink's name is lower-case letters, digits and hyphens, 32 at most");
const RuleName = z.string().min(1).max(64);
const Glob = z.string().min(1).describe("a name in which * stands for any characters");

/** An EventBridge event pattern over a record's fields; compiled, and refused with AWS's reason, when the configuration is loaded. */
const Pattern = z.record(z.string(), z.unknown());

/** A data set that a parser makes; the name of the parser too. */
const Dataset = z.enum(DATASETS);

const Account = z.strictObject({
  name: z.string().min(1).describe("becomes cloud.account.name"),
  labels: z.record(z.string(), z.string()).default({}).describe("become labels.*"),
});

const ParserRule = z
  .strictObject({
    logGroup: Glob.optional(),
    logStream: Glob.optional(),
    bucket: Glob.optional(),
    key: Glob.optional(),
    parser: Dataset.describe("the parser, by its data set"),
    format: z
      .string()
      .optional()
      .describe("for aws.vpcflow: the field order, as in the flow log's LogFormat: ${version} ${account-id} …"),
  })
  .refine(
    (rule) => rule.logGroup ?? rule.logStream ?? rule.bucket ?? rule.key,
    "names none of logGroup, logStream, bucket, key",
  );

const EnrichRule = z.strictObject({
  logGroup: Glob.optional(),
  bucket: Glob.optional(),
  account: Glob.optional(),
  service: z.string().optional().describe("becomes service.name"),
  environment: z.string().optional().describe("becomes service.environment"),
  labels: z.record(z.string(), z.string()).default({}).describe("become labels.*; log group tags go here"),
});

const DropRule = z.strictObject({ name: RuleName, pattern: Pattern });

const SampleRule = z.strictObject({
  name: RuleName,
  pattern: Pattern,
  keep: z.number().min(0).max(1).describe("share of the matching records that is kept, chosen by their id"),
});

const Redact = z.strictObject({
  email: z.boolean().default(true).describe("e-mail addresses"),
  cards: z.boolean().default(true).describe("card numbers that pass the Luhn check"),
  awsKeys: z.boolean().default(true).describe("access key ids and secret access keys"),
  tokens: z.boolean().default(true).describe("JSON Web Tokens, bearer tokens, and values of keys that name a secret"),
  literals: z.array(z.string().min(3)).default([]).describe("texts to mask wherever they stand"),
  expressions: z
    .array(z.string().min(1))
    .default([])
    .describe("JavaScript regular expressions whose matches are masked"),
  except: z.array(Dataset).default(["aws.vpcflow"]).describe("data sets that are not searched"),
  keepIdentities: z
    .array(Dataset)
    .default(["aws.cloudtrail"])
    .describe("data sets in which e-mail addresses and access key ids stay, because they say who did what"),
});

const Route = z.strictObject({
  name: RuleName,
  pattern: Pattern,
  sinks: z.array(SinkName).min(1),
  continue: z.boolean().default(false).describe("try the routes after this one too (fan-out)"),
});

const Compression = z.enum(["gzip", "zstd"]);

const Sink = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("archive").describe("S3 in the Hive layout; through Firehose in AWS, into local files on a laptop"),
    compression: Compression.default("gzip"),
    deliveryStream: z.string().optional().describe("the Firehose delivery stream; the archive stack names it"),
  }),
  z.strictObject({
    type: z.literal("opensearch"),
    endpoint: z.url().optional().describe("https://… of the cluster; OPENSEARCH_URL when absent"),
    service: z
      .enum(["es", "aoss", "none"])
      .default("es")
      .describe("how requests are signed: domain, serverless, not at all"),
    region: z.string().optional(),
    maxRequestBytes: z.int().min(65_536).max(5_242_880).default(5_242_880),
  }),
  z.strictObject({
    type: z.literal("firehose"),
    deliveryStream: z.string(),
    region: z.string().optional(),
    pack: z
      .boolean()
      .default(true)
      .describe("several documents a record; false for a delivery stream into OpenSearch, which takes one"),
  }),
  z.strictObject({ type: z.literal("kinesis"), stream: z.string(), region: z.string().optional() }),
  z.strictObject({
    type: z.literal("s3"),
    bucket: z.string(),
    prefix: z.string().default("logs/"),
    compression: Compression.default("gzip"),
    region: z.string().optional(),
  }),
  z.strictObject({ type: z.literal("file"), path: z.string(), compression: Compression.optional() }),
]);

const Limits = z.strictObject({
  inflatedBytes: z
    .int()
    .min(65_536)
    .max(268_435_456)
    .default(134_217_728)
    .describe("largest envelope, inflated; a larger one is quarantined"),
  lineBytes: z
    .int()
    .min(1024)
    .max(33_554_432)
    .default(4_194_304)
    .describe("longest line of an object; a longer one is quarantined"),
});

const Metrics = z.strictObject({
  namespace: z.string().min(1).max(255).default("Belfry"),
  highResolution: z.boolean().default(false).describe("store the metrics at one second"),
  maxDimensionValues: z
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .describe("different values of a dimension before further ones go to a property"),
});

const Expectation = z.strictObject({
  dropped: z.string().optional().describe("the rule that drops it"),
  route: z.string().optional(),
  sinks: z.array(SinkName).optional(),
  fields: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("dotted paths and the values they must have; null for absent"),
});

const TestCase = z.strictObject({
  name: z.string().min(1),
  given: z.strictObject({
    message: z
      .union([z.string(), z.record(z.string(), z.unknown())], "expected a text or an object")
      .describe("the log line, or an object that stands for its JSON"),
    logGroup: z.string().optional(),
    logStream: z.string().optional(),
    account: z.string().optional(),
    region: z.string().optional(),
    bucket: z.string().optional(),
    key: z.string().optional(),
    time: z.string().optional(),
  }),
  expect: Expectation,
});

/** The whole configuration with its defaults; every object is strict, an unknown key is an error. */
export const ConfigSchema = z.strictObject({
  accounts: z.record(z.string().regex(/^\d{12}$/, "an account id has twelve digits"), Account).default({}),
  streams: z
    .record(z.string(), z.strictObject({ region: z.string() }))
    .default({})
    .describe("by name or ARN of a stream or Destination: the region whose logs it carries"),
  parsers: z.array(ParserRule).default([]),
  enrich: z.array(EnrichRule).default([]),
  drop: z.array(DropRule).default([]),
  sample: z.array(SampleRule).default([]),
  redact: Redact.prefault({}),
  routes: z.array(Route).default([]),
  defaultRoute: z.array(SinkName).min(1).default(["archive"]),
  sinks: z.record(SinkName, Sink).default({ archive: { type: "archive", compression: "gzip" } }),
  keepOriginal: z.boolean().default(false).describe("store the message as it came in event.original, redacted"),
  retentionDays: z
    .record(z.string(), z.int().min(1).max(3653))
    .default({})
    .describe("by data set; bounds the days of its indices"),
  limits: Limits.prefault({}),
  metrics: Metrics.prefault({}),
  process: z
    .strictObject({
      entry: z.string().describe("a TypeScript module that exports `process`, by path from the configuration"),
    })
    .optional(),
  channels: Channels.describe("where notifications go; inbox, Belfry's own list, is always one of them"),
  oncall: OnCall.prefault({}),
  canaries: Canaries.describe("what watches pages and APIs from outside, by name"),
  deploy: Deploy.prefault({}),
  tests: z.array(TestCase).default([]),
});

/** The configuration as stages read it: validated, with all defaults. */
export type Config = z.output<typeof ConfigSchema>;
/** The configuration as users write it in belfry.config.ts. */
export type ConfigInput = z.input<typeof ConfigSchema>;
export type SinkConfig = z.output<typeof Sink>;
export type TestCaseConfig = z.output<typeof TestCase>;

/** Gives belfry.config.ts its types; the value is returned as it is, and validated when it is loaded. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}
