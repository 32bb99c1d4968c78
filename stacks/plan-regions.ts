import type { Deployment } from "../packages/core/src/config/deploy/deployment.ts";
import { edge } from "./edge.ts";
import { members } from "./members.ts";
import { enabledRules, ruleRegions } from "./rules/shipped-rules.ts";
import type { StackPart } from "./stack-context.ts";

/** The stacks that stand in several regions: an edge in each whose logs or events are taken in, and the collector of the members' accounts. */
export function regionalParts(deployment: Deployment): readonly StackPart[] {
  const { allRegions, central, globalEvents, organization, region: home } = deployment;
  const watched = { regions: allRegions, rules: enabledRules(deployment.events.shipped) };
  const further = globalEvents ? ruleRegions(watched).filter((region) => region !== home) : [];
  const regions = new Set([...(central ? [home] : []), ...allRegions.filter((region) => region !== home), ...further]);
  const hasMembers = central && (organization?.units.length ?? 0) > 0;
  return [...regions].flatMap((region) => [
    {
      name: `Edge-${region}`,
      description: allRegions.includes(region) ? "where logs and events of the region enter" : "global events",
      after: ["Foundation", "Ingest", "Events"],
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
}
