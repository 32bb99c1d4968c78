import type { SubscriptionPolicy } from "../platform/log-settings-client.ts";
import { type Check, type CheckContext, listed, ok, problem, type Verdict, warning } from "./check.ts";

const PUT_ACCOUNT_POLICY =
  "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutAccountPolicy.html";
const PUT_SUBSCRIPTION_FILTER =
  "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html";

// A log group takes so many of its own, besides the account-level one: PUT_SUBSCRIPTION_FILTER.
const MAX_FILTERS = 2;

// One request for each 50, at 5 to 10 a second: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
const MAX_LISTED_GROUPS = 2_000;
// One request for each.
const MAX_GROUPS_ASKED = 50;

/** Whether the one account-level subscription policy is free, or Belfry's. */
export const checkAccountPolicy: Check = {
  id: "account-policy",
  scope: "region",
  actions: ["logs:DescribeAccountPolicies"],
  link: PUT_ACCOUNT_POLICY,
  async run({ settings, region, ports, signal }) {
    const [policy] = await ports.subscriptionPolicies(region, signal);
    const { subscribe } = settings.deployment.ingest;
    if (policy === undefined) return [ok("there is no account-level subscription policy")];
    const { name } = policy;
    const to = `the account-level subscription policy ${name} sends to ${destinationOf(policy)}`;
    if (!name.startsWith("belfry-")) {
      if (subscribe !== "account") return [ok(`${to}; it is not used: deploy.ingest.subscribe is ${subscribe}`)];
      const fix =
        'there can be one for each account and region, and Belfry leaves it as it is: set deploy.ingest.subscribe to "log-groups" and name the groups, or remove the policy';
      return [problem(to, fix)];
    }
    if (subscribe !== "account") {
      return [warning(`${to}, and deploy.ingest.subscribe is ${subscribe}`, "deploy again, and it is removed")];
    }
    if (!destinationOf(policy).includes(`belfry-${settings.stage}-`)) {
      const fix = "one stage of an account and region can have it: subscribe single log groups in the others";
      return [problem(`${to}, of another stage than ${settings.stage}`, fix)];
    }
    return [ok(`${to}, of this stage`)];
  },
};

function destinationOf({ document }: SubscriptionPolicy): string {
  const [, arn = "an unknown destination"] = /"DestinationArn"\s*:\s*"([^"]+)"/i.exec(document) ?? [];
  return arn;
}

/** Whether log groups have a place left for the subscriptions that the configuration gives them. */
export const checkSubscriptionFilters: Check = {
  id: "subscription-filters",
  scope: "region",
  actions: ["logs:DescribeLogGroups", "logs:DescribeSubscriptionFilters"],
  link: PUT_SUBSCRIPTION_FILTER,
  async run(context) {
    const wanted = wantedFilters(context);
    if (wanted.size > 0) return subscribedGroups(context, wanted);
    if (context.settings.deployment.ingest.subscribe !== "account") return [];
    const names = (await firstGroups(context, MAX_GROUPS_ASKED)).map(({ name }) => name);
    if (names.length === 0) return [ok("there are no log groups")];
    const { full } = await filtersOf(context, new Map(names.map((name) => [name, 1])));
    const looked = `log groups looked at: ${names.length}`;
    if (full.length === 0) return [ok(`${looked}; none has ${MAX_FILTERS} filters of its own`)];
    return [
      ok(`${looked}; with ${MAX_FILTERS} filters already, and so only by the account-level policy: ${listed(full)}`),
    ];
  },
};

/** How many filters each log group is to have: for the pipeline, for the user's own function, for the direct delivery stream. */
function wantedFilters({ settings, region }: CheckContext): ReadonlyMap<string, number> {
  const { ingest, archive } = settings.deployment;
  const isHome = region === settings.homeRegion;
  const names = [
    ...(ingest.subscribe === "log-groups" ? ingest.logGroups : []),
    ...(isHome ? [...ingest.process.logGroups, ...(archive.direct?.logGroups ?? [])] : []),
  ];
  const wanted = new Map<string, number>();
  for (const name of names) wanted.set(name, (wanted.get(name) ?? 0) + 1);
  return wanted;
}

async function subscribedGroups(
  context: CheckContext,
  wanted: ReadonlyMap<string, number>,
): Promise<readonly Verdict[]> {
  const { full, missing } = await filtersOf(context, wanted);
  const verdicts: Verdict[] = [];
  if (full.length > 0) {
    const fix = `a log group takes ${MAX_FILTERS}: remove one of theirs, or leave the group out of the configuration`;
    verdicts.push(problem(`no place for Belfry's subscription filters: ${listed(full)}`, fix));
  }
  if (missing.length > 0) {
    const fix = "create them first, or leave them out of the configuration";
    verdicts.push(problem(`there are no such log groups: ${listed(missing)}`, fix));
  }
  return verdicts.length > 0 ? verdicts : [ok(`a place for a subscription filter: ${listed([...wanted.keys()])}`)];
}

/** Which groups have no place left for the filters that they are to have besides those of others, and which are not there themselves. */
async function filtersOf(
  { region, ports, signal }: CheckContext,
  wanted: ReadonlyMap<string, number>,
): Promise<{ readonly full: readonly string[]; readonly missing: readonly string[] }> {
  // Filters have these names because what they deliver carries them.
  const own = [`belfry-${region}`, `belfry-process-${region}`];
  const full: string[] = [];
  const missing: string[] = [];
  for (const [name, count] of wanted) {
    const filters = await ports.subscriptionFilters(name, region, signal);
    const others = filters?.filter((filter) => !own.includes(filter.name)).length ?? 0;
    if (filters === undefined) missing.push(name);
    else if (others + count > MAX_FILTERS) full.push(name);
  }
  return { full, missing };
}

/** Which log groups take no subscription because of their class. */
export const checkLogGroupClass: Check = {
  id: "log-group-class",
  scope: "region",
  actions: ["logs:DescribeLogGroups"],
  link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html",
  async run(context) {
    const named = wantedFilters(context);
    const isAll = context.settings.deployment.ingest.subscribe === "account";
    if (!isAll && named.size === 0) return [];
    const groups = await firstGroups(context, MAX_LISTED_GROUPS);
    if (groups.length === 0) return [ok("there are no log groups")];
    const other = groups.filter(({ logClass }) => logClass !== "STANDARD");
    const among = groups.length < MAX_LISTED_GROUPS ? `${groups.length}` : `the first ${groups.length}`;
    if (other.length === 0) return [ok(`log groups of a class that takes subscriptions: all of ${among}`)];
    const wanted = other.filter(({ name }) => named.has(name));
    const names = (list: typeof other) => listed(list.map(({ name, logClass }) => `${name} (${logClass})`));
    const fix = "a group's class cannot be changed: write to a new group of class STANDARD";
    if (wanted.length > 0) return [problem(`of a class that takes no subscription: ${names(wanted)}`, fix)];
    if (!isAll) return [ok(`${other.length} of ${among} log groups take none, and none is asked for`)];
    return [warning(`${other.length} of ${among} log groups take no subscription: ${names(other)}`, fix)];
  },
};

async function firstGroups({ region, ports, signal }: CheckContext, most: number) {
  const groups = [];
  for await (const page of ports.logGroups(region, signal)) {
    groups.push(...page);
    if (groups.length >= most) break;
  }
  return groups.slice(0, most);
}

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
const MAX_RESOURCE_POLICIES = 10;

/** Whether services can still be allowed to write logs: sources such as Route 53's query logs need a policy. */
export const checkResourcePolicies: Check = {
  id: "resource-policies",
  scope: "region",
  actions: ["logs:DescribeResourcePolicies"],
  link: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html",
  async run({ region, ports, signal }) {
    const names = await ports.resourcePolicies(region, signal);
    const what = `${names.length} of ${MAX_RESOURCE_POLICIES} resource policies are used`;
    if (names.length < MAX_RESOURCE_POLICIES) return [ok(what)];
    const fix = "log sources that need one, such as Route 53's query logs, cannot be switched on: merge some";
    return [warning(`${what}: ${listed(names)}`, fix)];
  },
};

/** Whether an export to S3 runs that Belfry's would wait for: there is one at a time. */
export const checkExportTask: Check = {
  id: "export-task",
  scope: "region",
  actions: ["logs:DescribeExportTasks"],
  link: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateExportTask.html",
  async run({ settings, region, ports, signal }) {
    const tasks = await ports.activeExportTasks(region, signal);
    const own = settings.deployment.export.bucket;
    const others = tasks.filter(({ bucket }) => bucket !== own && !bucket.startsWith(`belfry-${settings.stage}-`));
    if (others.length === 0) return [ok(tasks.length === 0 ? "no export task runs" : "Belfry's own export task runs")];
    const named = others.map(({ logGroup, bucket }) => `${logGroup} to ${bucket}`);
    return [
      warning(`an export task runs: ${listed(named)}`, "none: Belfry's exports wait, since one can run at a time"),
    ];
  },
};
