import type { Table } from "../../platform/table-client.ts";
import { createMuting } from "../engine/muting.ts";
import type { Surroundings } from "../engine/settings.ts";
import { compileInhibitions } from "../inhibit.ts";
import type { OnCallRules } from "../on-call-rules.ts";
import type { RouteOptions } from "../route.ts";
import { ACTIVE, activeAlertOfItem } from "./alert-row.ts";
import { readSilences } from "./silence-rows.ts";

/** Reads what bears on all groups, once for many of them: makes for a route what keeps its alerts quiet. */
export async function readSurroundings(
  table: Table,
  { intervals, inhibitRules }: OnCallRules,
  signal: AbortSignal,
): Promise<(options: RouteOptions) => Surroundings["mutedBy"]> {
  const [items, silences] = await Promise.all([table.query(ACTIVE, "", signal), readSilences(table, signal)]);
  const inhibitionOf = compileInhibitions(items.map(activeAlertOfItem), inhibitRules);
  return (options) => createMuting({ options, intervals, silences, inhibitionOf });
}
