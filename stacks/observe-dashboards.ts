import { Stack } from "aws-cdk-lib";
import { CfnDashboard } from "aws-cdk-lib/aws-cloudwatch";
import { fleetQueries } from "../packages/core/src/agent/fleet-alarms.ts";
import type { DashboardBody } from "../packages/core/src/dashboards/body.ts";
import { hostsDashboard } from "../packages/core/src/dashboards/hosts.ts";
import { pipelineDashboard } from "../packages/core/src/dashboards/pipeline.ts";
import { sourcesDashboard } from "../packages/core/src/dashboards/sources.ts";
import { hasHosts } from "./agent.ts";
import { functionLogGroups, ingestFunctions, type Observed } from "./observed.ts";
import type { StackContext } from "./stack-context.ts";

/** Dashboards are the same in all regions of an account: these stand in the home region's stack and show all regions. */
export function addDashboards(stack: Stack, context: StackContext, things: Observed): void {
  const { config, deployment, names, region } = context;
  const alarmArns = (of: (name: string) => boolean) =>
    things.alarms.filter(of).map((name) => stack.formatArn({ service: "cloudwatch", resource: `alarm:${name}` }));
  const isHostAlarm = (name: string) => /^(ec2|hosts)-/.test(name.slice(names.of("").length));
  addDashboard(
    stack,
    "Pipeline",
    context,
    pipelineDashboard({
      stage: names.stage,
      region,
      namespace: config.metrics.namespace,
      ingest: ingestFunctions(context, things.functions),
      functions: things.functions,
      sinks: Object.keys(config.sinks),
      streams: things.streams,
      deliveryStreams: things.deliveryStreams,
      queues: things.queues,
      logGroups: functionLogGroups(context, things.functions),
      alarmArns: alarmArns((name) => !isHostAlarm(name)),
    }),
  );
  addDashboard(
    stack,
    "Sources",
    context,
    sourcesDashboard({
      stage: names.stage,
      regions: deployment.allRegions,
      crossAccount: deployment.organization !== undefined && deployment.sharedMetrics,
      accounts: Object.fromEntries(Object.entries(config.accounts).map(([id, { name }]) => [id, name])),
      alarmArns: alarmArns((name) => /subscriptions-|volume-/.test(name)),
    }),
  );
  if (!hasHosts(deployment.agent)) return;
  addDashboard(
    stack,
    "Hosts",
    context,
    hostsDashboard({
      region,
      queries: deployment.agent.enabled ? fleetQueries(deployment.agent) : [],
      groups: [...new Set(deployment.agent.autoScaling.map(({ groupName }) => groupName))],
      alarmArns: alarmArns(isHostAlarm),
    }),
  );
}

function addDashboard(stack: Stack, what: string, { names }: StackContext, body: DashboardBody): void {
  new CfnDashboard(stack, `${what}Dashboard`, {
    dashboardName: names.of(what.toLowerCase()),
    dashboardBody: Stack.of(stack).toJsonString(body),
  });
}
