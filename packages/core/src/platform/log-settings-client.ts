import { allPages, awsCall, pages } from "./aws-call.ts";
import { perRegion, settings } from "./clients.ts";

/** An account-level subscription policy: all log groups, less those that its criteria leave out, to one destination. */
export interface SubscriptionPolicy {
  readonly name: string;
  /** JSON text with `DestinationArn`. */
  readonly document: string;
}

/** A log group as DescribeLogGroups has it. */
export interface LogGroupState {
  readonly name: string;
  /** STANDARD, INFREQUENT_ACCESS or DELIVERY. */
  readonly logClass: string;
}

/** A log group's own subscription. */
export interface SubscriptionFilter {
  readonly name: string;
  readonly destinationArn: string;
}

/** An export to S3 that runs or waits to run. */
export interface ActiveExportTask {
  readonly id: string;
  readonly logGroup: string;
  readonly bucket: string;
}

/** What is read of CloudWatch Logs in one region. Each raises AwsCallError. */
export interface LogSettingsReads {
  subscriptionPolicies(region: string, signal: AbortSignal): Promise<readonly SubscriptionPolicy[]>;
  /** Pages of at most 50, one request each: who needs only the first stops early. */
  logGroups(region: string, signal: AbortSignal): AsyncIterable<readonly LogGroupState[]>;
  /** Undefined when there is no such log group. */
  subscriptionFilters(
    logGroup: string,
    region: string,
    signal: AbortSignal,
  ): Promise<readonly SubscriptionFilter[] | undefined>;
  /** Names of the policies of the account, by which services may write logs. */
  resourcePolicies(region: string, signal: AbortSignal): Promise<readonly string[]>;
  activeExportTasks(region: string, signal: AbortSignal): Promise<readonly ActiveExportTask[]>;
}

const READ_ATTEMPTS = 3;

const logsClient = perRegion(async (region) => {
  const { CloudWatchLogsClient } = await import("@aws-sdk/client-cloudwatch-logs");
  return new CloudWatchLogsClient({ ...(await settings(region)), maxAttempts: READ_ATTEMPTS });
});

/** Reads the settings of CloudWatch Logs with the environment's credentials. */
export function logSettingsReads(): LogSettingsReads {
  return { subscriptionPolicies, logGroups, subscriptionFilters, resourcePolicies, activeExportTasks };
}

async function subscriptionPolicies(region: string, abortSignal: AbortSignal): Promise<readonly SubscriptionPolicy[]> {
  const { DescribeAccountPoliciesCommand } = await import("@aws-sdk/client-cloudwatch-logs");
  const client = await logsClient(region);
  return allPages("logs:DescribeAccountPolicies", async (nextToken) => {
    const command = new DescribeAccountPoliciesCommand({ policyType: "SUBSCRIPTION_FILTER_POLICY", nextToken });
    const answer = await client.send(command, { abortSignal });
    const items = (answer.accountPolicies ?? []).map(({ policyName = "", policyDocument = "{}" }) => ({
      name: policyName,
      document: policyDocument,
    }));
    return { items, next: answer.nextToken };
  });
}

async function* logGroups(region: string, abortSignal: AbortSignal): AsyncGenerator<readonly LogGroupState[]> {
  const { DescribeLogGroupsCommand } = await import("@aws-sdk/client-cloudwatch-logs");
  const client = await logsClient(region);
  yield* pages("logs:DescribeLogGroups", async (nextToken) => {
    const answer = await client.send(new DescribeLogGroupsCommand({ limit: 50, nextToken }), { abortSignal });
    const items = (answer.logGroups ?? []).map(({ logGroupName = "", logGroupClass = "STANDARD" }) => ({
      name: logGroupName,
      logClass: logGroupClass,
    }));
    return { items, next: answer.nextToken };
  });
}

async function subscriptionFilters(
  logGroupName: string,
  region: string,
  abortSignal: AbortSignal,
): Promise<readonly SubscriptionFilter[] | undefined> {
  const { DescribeSubscriptionFiltersCommand, ResourceNotFoundException } = await import(
    "@aws-sdk/client-cloudwatch-logs"
  );
  const client = await logsClient(region);
  return awsCall("logs:DescribeSubscriptionFilters", async () => {
    try {
      // Two at most, so one page holds them all.
      const answer = await client.send(new DescribeSubscriptionFiltersCommand({ logGroupName }), { abortSignal });
      return (answer.subscriptionFilters ?? []).map(({ filterName = "", destinationArn = "" }) => ({
        name: filterName,
        destinationArn,
      }));
    } catch (thrown) {
      if (thrown instanceof ResourceNotFoundException) return undefined;
      throw thrown;
    }
  });
}

async function resourcePolicies(region: string, abortSignal: AbortSignal): Promise<readonly string[]> {
  const { DescribeResourcePoliciesCommand } = await import("@aws-sdk/client-cloudwatch-logs");
  const client = await logsClient(region);
  return allPages("logs:DescribeResourcePolicies", async (nextToken) => {
    const answer = await client.send(new DescribeResourcePoliciesCommand({ nextToken }), { abortSignal });
    return { items: (answer.resourcePolicies ?? []).map(({ policyName = "" }) => policyName), next: answer.nextToken };
  });
}

async function activeExportTasks(region: string, abortSignal: AbortSignal): Promise<readonly ActiveExportTask[]> {
  const { DescribeExportTasksCommand } = await import("@aws-sdk/client-cloudwatch-logs");
  const client = await logsClient(region);
  const active = (["RUNNING", "PENDING"] as const).map((statusCode) =>
    allPages("logs:DescribeExportTasks", async (nextToken) => {
      const answer = await client.send(new DescribeExportTasksCommand({ statusCode, nextToken }), { abortSignal });
      const items = (answer.exportTasks ?? []).map(({ taskId = "", logGroupName = "", destination = "" }) => ({
        id: taskId,
        logGroup: logGroupName,
        bucket: destination,
      }));
      return { items, next: answer.nextToken };
    }),
  );
  return (await Promise.all(active)).flat();
}
