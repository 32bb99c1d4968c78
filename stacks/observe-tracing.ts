import type { Stack } from "aws-cdk-lib";
import { CfnGroup, CfnSamplingRule } from "aws-cdk-lib/aws-xray";
import { APP } from "./names.ts";
import type { StackContext } from "./stack-context.ts";

/** Below the rules of the configuration, above X-Ray's own default rule of 10000. */
const OWN_PRIORITY = 9000;

/** How many of Belfry's own invocations are traced, and groups of traces: all of the stage's, those that failed, and those that the configuration asks for. */
export function addTracing(stack: Stack, context: StackContext, functions: readonly string[]): void {
  const { xray } = context.deployment.observe;
  const own = `${APP}-${context.names.stage}`;
  addRule(stack, "OwnSampling", {
    name: own,
    priority: OWN_PRIORITY,
    reservoir: xray.reservoir,
    rate: xray.rate,
    service: `${own}-*`,
    serviceType: "*",
    host: "*",
    method: "*",
    path: "*",
  });
  for (const rule of xray.sampling) addRule(stack, `Sampling-${rule.name}`, rule);
  const services = functions.map((name) => `service("${name}")`).join(" OR ");
  const groups = [
    ...(services === ""
      ? []
      : [
          { name: own, filter: services },
          { name: `${own}-failed`, filter: `(${services}) AND fault = true` },
        ]),
    ...xray.groups,
  ];
  for (const { name, filter } of groups) {
    new CfnGroup(stack, `TraceGroup-${name}`, {
      groupName: name,
      filterExpression: filter,
      insightsConfiguration: { insightsEnabled: xray.insights, notificationsEnabled: xray.insights },
    });
  }
}

type Rule = StackContext["deployment"]["observe"]["xray"]["sampling"][number];

function addRule(stack: Stack, id: string, rule: Rule): void {
  new CfnSamplingRule(stack, id, {
    samplingRule: {
      ruleName: rule.name,
      priority: rule.priority,
      reservoirSize: rule.reservoir,
      fixedRate: rule.rate,
      serviceName: rule.service,
      serviceType: rule.serviceType,
      host: rule.host,
      httpMethod: rule.method,
      urlPath: rule.path,
      resourceArn: "*",
      version: 1,
    },
  });
}
