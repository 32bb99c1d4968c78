import type { Alert } from "../../event/alert.ts";
import { messageOf } from "../../platform/errors.ts";
import { activeAlertOf } from "../inhibit.ts";
import { matchRoutes } from "../route.ts";
import { alertKey, alertWrites, type Placement, placeAlert, type StoredAlert, storedAlert } from "./alert-row.ts";
import { type CallContext, stepGroup } from "./group-step.ts";
import { inParallel } from "./in-parallel.ts";
import { takeInput } from "./joined-group.ts";
import type { DispatcherPorts } from "./ports.ts";
import { untilWritten } from "./race.ts";
import { type RoutedGroup, routedGroup } from "./routed-group.ts";

/** A statement whose row is written. */
interface Placed extends Placement {
  readonly alert: Alert;
  readonly revision: number;
}

/** All statements of a call for one group. */
interface GroupBatch {
  readonly group: RoutedGroup;
  readonly alerts: Alert[];
}

const MAX_PARALLEL = 16;

/** Writes where each statement goes. One that fails does not stop others; those that did are left out, and counted. */
export async function placeAlerts(
  alerts: readonly Alert[],
  ports: DispatcherPorts,
  signal: AbortSignal,
): Promise<{ readonly placed: readonly Placed[]; readonly failed: number }> {
  let failed = 0;
  // Statements about one alert are taken in their order.
  const byKey = [...Map.groupBy(alerts, ({ key }) => key).values()];
  const placed = new Map<Alert, Placed>();
  await inParallel(byKey, MAX_PARALLEL, async (statements) => {
    for (const alert of statements) {
      try {
        placed.set(alert, await place(alert, ports, signal));
      } catch (thrown) {
        failed++;
        ports.logger.error("an alert could not be placed", { alert: alert.key, error: thrown });
      }
    }
  });
  return { placed: alerts.flatMap((alert) => placed.get(alert) ?? []), failed };
}

function place(alert: Alert, ports: DispatcherPorts, signal: AbortSignal): Promise<Placed> {
  const { table, clock } = ports;
  const attempt = async (): Promise<Placed | undefined> => {
    const stored = storedAlert(await table.get(alertKey(alert.key), signal));
    const placement = placementOf(alert, stored, ports);
    const isSame = JSON.stringify(stored.row) === JSON.stringify(placement.row);
    if (isSame) return { ...placement, alert, revision: stored.revision };
    const writes = alertWrites(alert.key, stored, placement.row, clock.now());
    if (!(await table.transact(writes, signal))) return undefined;
    return { ...placement, alert, revision: stored.revision + 1 };
  };
  return untilWritten(`the alert ${alert.key}`, attempt, ports, signal);
}

function placementOf(alert: Alert, { row }: StoredAlert, { rules, clock }: DispatcherPorts): Placement {
  // What is replayed, or cannot tell, keeps nobody else quiet anew.
  const isStatement = alert.status === "resolved" || (alert.status === "firing" && !alert.replayed);
  const active = isStatement ? activeAlertOf(alert, rules.inhibitRules, clock.now()) : row?.active;
  const groupsOf = (one: Alert) => matchRoutes(rules.route, one).map((route) => routedGroup(route, one.labels));
  return placeAlert(row, alert, groupsOf, active);
}

/** Gives each group its statements, as one decision; says of which groups, by their keys, that failed and why. */
export async function takeByGroup(
  placed: readonly Placed[],
  context: CallContext,
): Promise<ReadonlyMap<string, unknown>> {
  const batches = new Map<string, GroupBatch>();
  for (const { group, alert } of placed.flatMap(({ to }) => to)) {
    const batch = batches.get(group.key) ?? { group, alerts: [] };
    batch.alerts.push(alert);
    batches.set(group.key, batch);
  }
  const failed = new Map<string, unknown>();
  await inParallel([...batches.values()], MAX_PARALLEL, async ({ group, alerts }) => {
    try {
      const input = { kind: "alerts", alerts } as const;
      const take: Parameters<typeof stepGroup>[1] = (joined, nowMs, rules) => ({
        step: takeInput(joined, input, nowMs, rules),
      });
      await stepGroup({ key: group.key, given: group }, take, context);
    } catch (thrown) {
      failed.set(group.key, thrown);
      context.ports.logger.error("a group could not take its alerts", { group: group.key, error: thrown });
    }
  });
  return failed;
}

/** Notes that groups which an alert has left are told. What keeps it from being noted has them told once more. */
export async function settleLeft(
  placed: readonly Placed[],
  failed: ReadonlyMap<string, unknown>,
  { ports, signal }: CallContext,
): Promise<void> {
  const { table, clock, logger } = ports;
  const latest = new Map(placed.filter(({ isOld }) => !isOld).map((one) => [one.alert.key, one]));
  const moved = [...latest.values()].filter(({ row }) => row.left.length > 0);
  await inParallel(moved, MAX_PARALLEL, async ({ alert, row, revision }) => {
    const left = row.left.filter(({ key }) => failed.has(key));
    if (left.length === row.left.length) return;
    try {
      await table.transact(alertWrites(alert.key, { row, revision }, { ...row, left }, clock.now()), signal);
    } catch (thrown) {
      logger.warn("groups that an alert has left are told again", { alert: alert.key, reason: messageOf(thrown) });
    }
  });
}
