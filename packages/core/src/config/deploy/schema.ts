import * as z from "zod";
import { Agent } from "./agent.ts";
import { Alerting } from "./alerting.ts";
import { Archive } from "./archive.ts";
import { Consumers } from "./consumers.ts";
import { distinct } from "./distinct.ts";
import { Events } from "./events.ts";
import { Export } from "./export.ts";
import { Ingest } from "./ingest.ts";
import { LogSources } from "./log-sources.ts";
import { AccountId, Region } from "./names.ts";
import { Observe } from "./observe.ts";
import { Organization } from "./organization.ts";
import { Retention } from "./retention.ts";
import { RetentionDays } from "./retention-days.ts";
import { Search } from "./search.ts";

/** What is deployed to AWS, and how. A profile only chooses defaults; each of them can be set. */
export const Deploy = z
  .strictObject({
    profile: z
      .enum(["minimal", "organization"])
      .default("minimal")
      .describe("minimal: one account, least cost; organization: a central account for many"),
    region: Region.default("us-east-1").describe("the home region: where the pipeline runs"),
    regions: z
      .array(Region)
      .superRefine(distinct)
      .default([])
      .describe("further regions whose logs and events come to the home region"),
    account: AccountId.optional().describe("the account that this may be deployed to; any when absent"),
    organization: Organization.optional(),
    globalEvents: z
      .boolean()
      .default(true)
      .describe(
        "rules in us-east-1 and us-west-2 too, where AWS puts events of global services and copies of AWS Health's",
      ),
    sharedMetrics: z
      .boolean()
      .default(true)
      .describe("members share metrics, log groups and traces with the central account; it has one sink a region"),
    trustedAccounts: z
      .array(AccountId)
      .superRefine(distinct)
      .default([])
      .describe("accounts that may send logs and events, where there is no organization"),
    encryption: z
      .enum(["aws", "customer"])
      .optional()
      .describe("customer: one KMS key of your own for all data at rest (default: customer in an organization)"),
    logRetentionDays: RetentionDays.default(30).describe("of Belfry's own log groups"),
    removal: z
      .enum(["retain", "destroy"])
      .default("retain")
      .describe(
        "what becomes of data when a stack is removed: destroy removes state, stream and key, and buckets once they are empty",
      ),
    email: z
      .array(z.email())
      .superRefine(distinct)
      .default([])
      .describe("addresses that alarms are sent to: by alerting, or where it is off, as they come"),
    ingest: Ingest.prefault({}),
    archive: Archive.prefault({}),
    search: Search.optional().describe("default: none for one account, serverless for an organization"),
    export: Export.prefault({}),
    retention: Retention.prefault({}),
    observe: Observe.prefault({}),
    agent: Agent.prefault({}),
    events: Events.prefault({}),
    alerting: Alerting.prefault({}),
    logSources: LogSources.prefault({}),
    consumers: Consumers.prefault({}),
  })
  .superRefine((deploy, context) => {
    if (deploy.profile === "organization" && deploy.organization === undefined && deploy.trustedAccounts.length === 0) {
      context.addIssue({
        code: "custom",
        path: ["organization"],
        message: "the profile `organization` needs organization.id, or trustedAccounts where there is no organization",
      });
    }
    if (deploy.regions.includes(deploy.region)) {
      context.addIssue({ code: "custom", path: ["regions"], message: `${deploy.region} is the home region already` });
    }
  });

export type DeployConfig = z.output<typeof Deploy>;
