import type { Deployment } from "../packages/core/src/config/deploy/deployment.ts";
import { edge } from "./edge.ts";
import { logSources } from "./log-sources.ts";
import { members } from "./members.ts";
import { GLOBAL_REGION } from "./rules/shipped-rule.ts";
import { enabledRules, ruleRegions } from "./rules/shipped-rules.ts";
import type { StackPart } from "./stack-context.ts";

/** All regions in which there is an alarm topic: the home region, and those of the edges. */
export function alarmRegions(deployment: Deployment): string[] {
  return [...new Set([deployment.region, ...edgeRegions(deployment)])];
}

function edgeRegions({ allRegions, central, events, globalEvents, region: home }: Deployment): Set<string> {
  const watched = { regions: allRegions, rules: enabledRules(events.shipped) };
  const further = globalEvents ? ruleRegions(watched).filter((region) => region !== home) : [];
  return new Set([...(central ? [home] : []), ...allRegions.filter((region) => region !== home), ...further]);
}

/** The stacks that stand in several regions: an edge in each whose logs or events are taken in, and the collector of the members' accounts. */
export function regionalParts(deployment: Deployment): readonly StackPart[] {
  const { allRegions, central, organization } = deployment;
  const hasMembers = central && (organization?.units.length ?? 0) > 0;
  const edges = [...edgeRegions(deployment)].flatMap((region): StackPart[] => [
    {
      name: `Edge-${region}`,
      description: allRegions.includes(region) ? "where logs and events of the region enter" : "global events",
      after: ["Foundation", "Ingest", "Events", "Alerting"],
      region,
      build: edge,
    },
    {
      name: `Members-${region}`,
      description: "the collector in member accounts",
      after: [`Edge-${region}`],
      when: hasMembers,
      region,
      build: members,
    },
  ]);
  return [...edges, ...logSourceParts(deployment)];
}

/** The regions are among those that are taken in; the configuration was refused else. */
function logSourceParts({ allRegions, logSources: settings, region: home }: Deployment): readonly StackPart[] {
  const { apiGateway, flowLogs, hostedZones, resolverQueries, trail } = settings;
  const regions = new Set([
    ...(trail === "none" ? [] : [home]),
    ...Object.keys(flowLogs.vpcs),
    ...Object.keys(resolverQueries.vpcs),
    ...(hostedZones.length === 0 ? [] : [GLOBAL_REGION]),
    ...(apiGateway ? allRegions : []),
  ]);
  return [...regions].map((region) => ({
    name: `LogSources-${region}`,
    description: "logs of AWS's services, switched on",
    after: ["Foundation", "Ingest", `Edge-${region}`],
    region,
    build: logSources,
  }));
}
