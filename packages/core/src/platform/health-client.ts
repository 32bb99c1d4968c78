import type { AffectedEntity, Event, HealthClient, OrganizationEvent } from "@aws-sdk/client-health";
import { allPages, awsCall } from "./aws-call.ts";
import { perRegion, settings } from "./clients.ts";

/** An event as the Health API lists it. */
export interface HealthApiEvent {
  readonly arn: string;
  readonly service: string;
  readonly typeCode: string;
  readonly category: string;
  readonly scope: string;
  readonly region: string;
  readonly status: string;
  readonly actionability: string;
  readonly personas: readonly string[];
  /** Epoch milliseconds, as the next two. */
  readonly startMs?: number;
  readonly endMs?: number;
  readonly updatedMs: number;
}

/** An event, and of which account; without one it is the caller's, or of all. */
export interface HealthEventOf {
  readonly arn: string;
  readonly account?: string;
}

/** Something affected, as the API lists it. */
export interface HealthApiEntity {
  readonly value: string;
  readonly status: string;
}

/**
 * Reads of the Health API: of the account, or of its organization. Each raises AwsCallError: `SubscriptionRequiredException` when the support plan
 * does not include the API. https://docs.aws.amazon.com/health/latest/ug/health-api.html
 */
export interface HealthReads {
  /** All events that were updated since. */
  events(sinceMs: number, signal: AbortSignal): Promise<readonly HealthApiEvent[]>;
  /** Ids of the accounts that an event affects; empty outside of an organization. */
  accounts(arn: string, signal: AbortSignal): Promise<readonly string[]>;
  /** The latest description; empty when the API has none. */
  description(event: HealthEventOf, signal: AbortSignal): Promise<string>;
  entities(event: HealthEventOf, signal: AbortSignal): Promise<readonly HealthApiEntity[]>;
}

/** Resolves a name to those that it stands for, as `resolveCname` of node:dns does. */
export type ResolveCname = (hostname: string) => Promise<readonly string[]>;

export interface HealthReadsOptions {
  /** The organization's view; only for the management account and delegated administrators. */
  readonly organization: boolean;
  readonly partition?: string;
  readonly resolveCname?: ResolveCname;
}

const READ_ATTEMPTS = 3;
// The most that the API gives on one page. https://docs.aws.amazon.com/health/latest/APIReference/API_DescribeEvents.html
const MAX_RESULTS = 100;

/** The name that points to the endpoint in use, and the region to take when it cannot be resolved. https://docs.aws.amazon.com/general/latest/gr/health.html */
const ENDPOINTS: Readonly<Record<string, { readonly name?: string; readonly region: string }>> = {
  aws: { name: "global.health.amazonaws.com", region: "us-east-1" },
  "aws-cn": { name: "global.health.amazonaws.com.cn", region: "cn-northwest-1" },
  "aws-us-gov": { region: "us-gov-west-1" },
};

/**
 * The region whose endpoint of the Health API is the active one: the API fails over from one region to another, and the one that is not in use may
 * have old data. https://docs.aws.amazon.com/health/latest/ug/health-api.html#endpoints
 */
export async function activeHealthRegion(partition: string, resolveCname: ResolveCname): Promise<string> {
  const { name, region } = ENDPOINTS[partition] ?? { region: "us-east-1" };
  if (name === undefined) return region;
  const names = await resolveCname(name).catch(() => []);
  return names.map((cname) => /(?:^|\.)health\.([a-z0-9-]+)\.amazonaws\./.exec(cname)?.[1]).find(Boolean) ?? region;
}

const healthClient = perRegion(async (region) => {
  const { HealthClient } = await import("@aws-sdk/client-health");
  return new HealthClient({ ...(await settings(region)), maxAttempts: READ_ATTEMPTS });
});

/** Reads with the environment's credentials from the active endpoint, which is looked up for each list of events. */
export function healthReads({
  organization,
  partition = "aws",
  resolveCname = systemCname,
}: HealthReadsOptions): HealthReads {
  let region: string | undefined;
  const client = async (): Promise<HealthClient> => {
    region ??= await activeHealthRegion(partition, resolveCname);
    return healthClient(region);
  };
  const reads = organization ? organizationReads(client) : accountReads(client);
  return {
    ...reads,
    events(sinceMs, signal) {
      region = undefined;
      return reads.events(sinceMs, signal);
    },
  };
}

async function systemCname(hostname: string): Promise<readonly string[]> {
  const { resolveCname } = await import("node:dns/promises");
  return resolveCname(hostname);
}

function accountReads(client: () => Promise<HealthClient>): HealthReads {
  return {
    async events(sinceMs, abortSignal) {
      const { DescribeEventsCommand } = await import("@aws-sdk/client-health");
      const filter = { lastUpdatedTimes: [{ from: new Date(sinceMs) }] };
      const health = await client();
      return allPages("health:DescribeEvents", async (nextToken) => {
        const command = new DescribeEventsCommand({ filter, maxResults: MAX_RESULTS, nextToken });
        const answer = await health.send(command, { abortSignal });
        return { items: (answer.events ?? []).map(apiEvent), next: answer.nextToken };
      });
    },
    accounts: async () => [],
    async description({ arn }, abortSignal) {
      const { DescribeEventDetailsCommand } = await import("@aws-sdk/client-health");
      const health = await client();
      const command = new DescribeEventDetailsCommand({ eventArns: [arn] });
      const answer = await awsCall("health:DescribeEventDetails", () => health.send(command, { abortSignal }));
      return answer.successfulSet?.[0]?.eventDescription?.latestDescription ?? "";
    },
    async entities({ arn }, abortSignal) {
      const { DescribeAffectedEntitiesCommand } = await import("@aws-sdk/client-health");
      const health = await client();
      return allPages("health:DescribeAffectedEntities", async (nextToken) => {
        const input = { filter: { eventArns: [arn] }, maxResults: MAX_RESULTS, nextToken };
        const answer = await health.send(new DescribeAffectedEntitiesCommand(input), { abortSignal });
        return { items: (answer.entities ?? []).map(apiEntity), next: answer.nextToken };
      });
    },
  };
}

function organizationReads(client: () => Promise<HealthClient>): HealthReads {
  return {
    async events(sinceMs, abortSignal) {
      const { DescribeEventsForOrganizationCommand } = await import("@aws-sdk/client-health");
      const filter = { lastUpdatedTime: { from: new Date(sinceMs) } };
      const health = await client();
      return allPages("health:DescribeEventsForOrganization", async (nextToken) => {
        const command = new DescribeEventsForOrganizationCommand({ filter, maxResults: MAX_RESULTS, nextToken });
        const answer = await health.send(command, { abortSignal });
        return { items: (answer.events ?? []).map(apiEvent), next: answer.nextToken };
      });
    },
    async accounts(eventArn, abortSignal) {
      const { DescribeAffectedAccountsForOrganizationCommand } = await import("@aws-sdk/client-health");
      const health = await client();
      return allPages("health:DescribeAffectedAccountsForOrganization", async (nextToken) => {
        const input = { eventArn, maxResults: MAX_RESULTS, nextToken };
        const answer = await health.send(new DescribeAffectedAccountsForOrganizationCommand(input), { abortSignal });
        return { items: answer.affectedAccounts ?? [], next: answer.nextToken };
      });
    },
    async description(event, abortSignal) {
      const { DescribeEventDetailsForOrganizationCommand } = await import("@aws-sdk/client-health");
      const health = await client();
      const command = new DescribeEventDetailsForOrganizationCommand({
        organizationEventDetailFilters: [named(event)],
      });
      const answer = await awsCall("health:DescribeEventDetailsForOrganization", () =>
        health.send(command, { abortSignal }),
      );
      return answer.successfulSet?.[0]?.eventDescription?.latestDescription ?? "";
    },
    async entities(event, abortSignal) {
      const { DescribeAffectedEntitiesForOrganizationCommand } = await import("@aws-sdk/client-health");
      const health = await client();
      return allPages("health:DescribeAffectedEntitiesForOrganization", async (nextToken) => {
        const input = { organizationEntityAccountFilters: [named(event)], maxResults: MAX_RESULTS, nextToken };
        const answer = await health.send(new DescribeAffectedEntitiesForOrganizationCommand(input), { abortSignal });
        return { items: (answer.entities ?? []).map(apiEntity), next: answer.nextToken };
      });
    },
  };
}

/** An event of all accounts is asked for without an account. */
function named({ arn, account }: HealthEventOf): { eventArn: string; awsAccountId?: string } {
  return { eventArn: arn, ...(account === undefined ? {} : { awsAccountId: account }) };
}

function apiEvent(event: Event | OrganizationEvent): HealthApiEvent {
  const { startTime, endTime, lastUpdatedTime } = event;
  return {
    arn: event.arn ?? "",
    service: event.service ?? "",
    typeCode: event.eventTypeCode ?? "",
    category: event.eventTypeCategory ?? "",
    scope: event.eventScopeCode ?? "",
    region: event.region ?? "",
    status: event.statusCode ?? "",
    actionability: event.actionability ?? "",
    personas: event.personas ?? [],
    ...(startTime === undefined ? {} : { startMs: startTime.getTime() }),
    ...(endTime === undefined ? {} : { endMs: endTime.getTime() }),
    updatedMs: (lastUpdatedTime ?? startTime ?? new Date(0)).getTime(),
  };
}

function apiEntity({ entityValue, statusCode }: AffectedEntity): HealthApiEntity {
  return { value: entityValue ?? "", status: statusCode ?? "" };
}
