import type { Stack } from "aws-cdk-lib";
import { CfnQueryDefinition } from "aws-cdk-lib/aws-logs";
import { SAVED_QUERIES } from "../packages/core/src/dashboards/queries.ts";
import { addPipelineAlarms } from "./observe-alarms.ts";
import { addDashboards } from "./observe-dashboards.ts";
import { addMetricFilters } from "./observe-filters.ts";
import { addTracing } from "./observe-tracing.ts";
import { functionLogGroups, observed } from "./observed.ts";
import type { StackContext } from "./stack-context.ts";

/** What watches all that the other stacks made: alarms, metric filters, saved queries, X-Ray's groups and rules, dashboards. Built after them. */
export function observe(stack: Stack, context: StackContext): void {
  const things = observed(stack, context);
  addPipelineAlarms(stack, context, things);
  addMetricFilters(stack, context, things);
  addSavedQueries(stack, context, things.functions);
  addTracing(stack, context, things.functions);
  // Last: its dashboards show the alarms from above, too.
  if (context.deployment.observe.dashboards) addDashboards(stack, context, observed(stack, context));
}

/** Names with slashes are folders in the console of Logs Insights. */
function addSavedQueries(stack: Stack, context: StackContext, functions: readonly string[]): void {
  const { names, deployment } = context;
  const own = functionLogGroups(context, functions);
  const queries = [
    ...(own.length === 0 ? [] : SAVED_QUERIES.map(({ name, query }) => ({ name, query, logGroups: own }))),
    ...deployment.observe.queries,
  ];
  for (const { name, query, logGroups } of queries) {
    new CfnQueryDefinition(stack, `Query-${name}`, {
      name: `belfry/${names.stage}/${name}`,
      queryString: query,
      logGroupNames: [...logGroups],
    });
  }
}
