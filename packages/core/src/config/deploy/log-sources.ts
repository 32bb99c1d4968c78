import * as z from "zod";
import { distinct, distinctNames } from "./distinct.ts";
import { BucketName, Region } from "./names.ts";
import { RetentionDays } from "./retention-days.ts";

const VpcId = z.string().regex(/^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/, "a VPC's id is written as in vpc-0123456789abcdef0");
const Vpcs = z
  .record(Region, z.array(VpcId).min(1).superRefine(distinct))
  .default({})
  .describe("by region: ids of VPCs");

const HostedZone = z.strictObject({
  id: z.string().regex(/^Z[A-Z0-9]{1,31}$/, "a hosted zone's id is written as in Z0123456789ABCDEFGHIJ"),
  name: z
    .string()
    .regex(/^([a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63}$/, "a hosted zone's name is a domain, such as example.com"),
});

/** Logs of AWS's services that Belfry switches on in the central account; nothing of it by default. */
export const LogSources = z.strictObject({
  retentionDays: RetentionDays.default(7).describe("of the log groups that these sources write to"),
  flowLogs: z
    .strictObject({
      vpcs: Vpcs,
      traffic: z.enum(["ALL", "ACCEPT", "REJECT"]).default("ALL"),
      intervalSeconds: z.literal([60, 600]).default(600).describe("how long a flow is summed up"),
      bucket: BucketName.optional().describe(
        "written to this bucket of yours in place of CloudWatch Logs, which costs less; name it in ingest.buckets too",
      ),
    })
    .prefault({})
    .describe("VPC flow logs"),
  resolverQueries: z.strictObject({ vpcs: Vpcs }).prefault({}).describe("DNS queries that VPCs ask Route 53 Resolver"),
  hostedZones: z
    .array(HostedZone)
    .superRefine(distinctNames)
    .default([])
    .describe("public hosted zones whose queries are logged; needs us-east-1 among the regions"),
  trail: z
    .enum(["none", "account", "organization"])
    .default("none")
    .describe("a CloudTrail trail of management events in all regions: of this account, or of the whole organization"),
  apiGateway: z
    .boolean()
    .default(false)
    .describe("the role by which API Gateway writes to CloudWatch Logs; replaces one that the account has"),
});
