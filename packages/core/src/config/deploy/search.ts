import * as z from "zod";
import { Region } from "./names.ts";

const firehose = z
  .boolean()
  .default(false)
  .describe("a delivery stream into the cluster besides: a managed hop, at least once, under ids of the cluster's own");

/** Who may search. */
const Reader = z
  .string()
  .regex(/^arn:aws[\w-]*:(iam|sts)::\d{12}:.+/, "expected the ARN of a role or user: arn:aws:iam::…:role/…");

const VpcEndpointId = z
  .string()
  .regex(/^vpce-[0-9a-f]{8,17}$/, "a VPC endpoint's id is written as in vpce-0a1b2c3d4e5f67890");

const Serverless = z.strictObject({
  type: z.literal("serverless").describe("an OpenSearch Serverless collection of the type search"),
  collection: z
    .string()
    .regex(/^[a-z][a-z0-9-]{2,27}$/, "a collection's name is 3 to 28 lower-case letters, digits and hyphens")
    .optional()
    .describe("its name; belfry-<stage>-logs when absent, cut to 28 characters"),
  minOcu: z
    .int()
    .min(0)
    .max(1696)
    .default(0)
    .describe("units that are always there, for indexing and for search each; 0 lets it sleep"),
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-opensearchserverless-collectiongroup-capacitylimits.html
  maxOcu: z
    .int()
    .min(2)
    .max(1696)
    .default(8)
    .describe("units at most, for indexing and for search each: what it may cost"),
  standbyReplicas: z.boolean().default(true).describe("a second copy in another availability zone"),
  vpcEndpoints: z
    .array(VpcEndpointId)
    .default([])
    .describe("its Dashboards are reachable through these alone; its API is for whom the data policy lets in"),
  readers: z
    .array(Reader)
    .default([])
    .describe("ARNs of roles and users that may search, such as those of people; they need aoss:APIAccessAll too"),
  firehose,
});

const Domain = z.strictObject({
  type: z.literal("domain").describe("an OpenSearch Service domain"),
  engineVersion: z
    .string()
    .regex(/^OpenSearch_\d+\.\d+$/, "an engine's version is written as in OpenSearch_3.3")
    .default("OpenSearch_3.3"),
  instanceType: z
    .string()
    .regex(/^[a-z0-9]+\.[a-z0-9]+\.search$/, "an instance type is written as in r8g.large.search")
    .default("r7g.large.search"),
  instanceCount: z.int().min(1).max(200).default(2),
  volumeGiB: z.int().min(10).max(24_576).default(100).describe("gp3 storage of each instance"),
  zones: z
    .union([z.literal(1), z.literal(2), z.literal(3)], "1, 2 or 3")
    .default(2)
    .describe("availability zones; instanceCount is a multiple of it"),
  dedicatedMasters: z
    .strictObject({
      instanceType: z.string().default("m7g.large.search"),
      count: z.union([z.literal(3), z.literal(5)], "3 or 5").default(3),
    })
    .optional()
    .describe("nodes that only manage the cluster; wanted from some ten instances on"),
  offPeakStart: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time is written as in 22:00")
    .default("22:00")
    .describe("UTC, the start of the ten hours in which AWS may update it"),
  readers: z
    .array(Reader)
    .default([])
    .describe("ARNs of roles that may search; they need es:ESHttpGet and es:ESHttpPost too"),
  firehose,
});

const Url = z.strictObject({
  type: z.literal("url").describe("a cluster or collection that is there already"),
  endpoint: z
    .url({ protocol: /^https?$/, error: "an address is written as in https://search.example.com" })
    .refine((url) => !URL.canParse(url) || new URL(url).username === "", "a password must not stand in a template")
    .describe("https://… of it"),
  service: z.enum(["es", "aoss", "none"]).default("es").describe("domain, serverless, or not signed at all"),
  region: Region.optional().describe("its region, when it is not the home region"),
  arn: z
    .string()
    .regex(/^arn:aws[\w-]*:(es|aoss):/, "the ARN of a domain or a collection")
    .optional()
    .describe("its ARN, to which permissions are cut down; all of the region when absent"),
  firehose: z.literal(false).default(false).describe("not for a cluster that is not Belfry's own"),
});

/** Where documents are searched: nothing of it, a collection or a domain that is made, or a cluster that is there. */
export const Search = z
  .discriminatedUnion("type", [z.strictObject({ type: z.literal("none") }), Serverless, Domain, Url])
  .superRefine((search, context) => {
    if (search.type === "serverless" && search.minOcu > search.maxOcu) {
      context.addIssue({
        code: "custom",
        path: ["minOcu"],
        message: `${search.minOcu} is more than maxOcu, ${search.maxOcu}`,
      });
    }
    if (search.type === "domain" && search.instanceCount % search.zones !== 0) {
      context.addIssue({
        code: "custom",
        path: ["instanceCount"],
        message: `${search.instanceCount} is not a multiple of zones, ${search.zones}`,
      });
    }
  });

/** The settings of the search, with all defaults. */
export type SearchConfig = z.output<typeof Search>;
