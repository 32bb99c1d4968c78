import type { Alert } from "../event/alert.ts";
import { entryOf, type HeldAlert, suppressedUntil } from "./engine/group-state.ts";
import type { GroupNotification } from "./engine/tell.ts";
import type { SimulatedGroup } from "./simulate-group.ts";
import type { AlertOutcome, Became } from "./simulate-result.ts";

/** A fate, and what brought it about. */
interface Fate {
  readonly became: Became;
  readonly by?: string;
}

/** A statement about which it is not settled yet what becomes of it. */
interface OpenStatement {
  readonly alert: Alert;
  /** By group; a route with `continue` makes several. */
  readonly fates: Map<SimulatedGroup, Fate>;
}

/** The fates that say most come first: what one group was told of is told, whatever held it back in another. */
const BY_WEIGHT: readonly Became[] = ["told", "known", "waiting"];

const SETTLED: readonly Became[] = ["told", "known", "old", "ignored", "unheard"];

/** Keeps account of what becomes of each statement: nobody is told of it without a notification that names it, and whatever held it back last is why. */
export class StatementLedger {
  readonly #open = new Map<SimulatedGroup, Set<OpenStatement>>();

  /** Enters a statement for the groups that it goes to, before they take it. The answer gives its outcome when all is over. */
  enter(alert: Alert, groups: readonly SimulatedGroup[]): () => AlertOutcome {
    const statement: OpenStatement = { alert, fates: new Map() };
    for (const group of groups) {
      const fate = fateBefore(alert, group);
      statement.fates.set(group, fate);
      if (SETTLED.includes(fate.became)) continue;
      const open = this.#open.get(group) ?? new Set();
      this.#open.set(group, open.add(statement));
    }
    return () => outcomeOf(statement, groups);
  }

  /** Settles what a group's decision has settled. */
  decided(group: SimulatedGroup, notifications: readonly GroupNotification[], nowMs: number): void {
    const named = new Map(notifications.flatMap(({ alerts }) => alerts.map(({ key, status }) => [key, status])));
    const open = this.#open.get(group) ?? new Set();
    for (const statement of open) {
      const { fates, alert } = statement;
      const fate = fateNow(statement, named.get(alert.key), group, nowMs);
      fates.set(group, fate);
      const isGone = entryOf(group.state?.alerts ?? {}, alert.key) === undefined;
      if (isGone || SETTLED.includes(fate.became)) open.delete(statement);
    }
  }
}

function fateBefore({ key, version, status, replayed }: Alert, { state, route }: SimulatedGroup): Fate {
  const held = entryOf(state?.alerts ?? {}, key);
  const known = held?.version ?? entryOf(state?.past ?? {}, key)?.version;
  // The engine's own rule: the same version again says something only of what is on.
  const isOld = known !== undefined && (version < known || (version === known && (held === undefined || replayed)));
  if (isOld) return { became: "old" };
  if (status === "unknown" && route.options.unknown === "ignore") return { became: "ignored" };
  if (status !== "resolved") return { became: "waiting" };
  return { became: held === undefined ? "unheard" : "waiting" };
}

function fateNow(
  { alert, fates }: OpenStatement,
  toldAs: GroupNotification["status"] | undefined,
  group: SimulatedGroup,
  nowMs: number,
): Fate {
  const before = fates.get(group) ?? { became: "waiting" };
  if (toldAs !== undefined) {
    // Its end alone was told.
    const isOver = alert.status === "firing" && toldAs === "resolved";
    return isOver ? gone(alert, before) : { became: "told" };
  }
  const held = entryOf(group.state?.alerts ?? {}, alert.key);
  if (held === undefined) return gone(alert, before);
  if (held.version === alert.version && isShown(group, held)) return { became: "known" };
  return holdOf(held, group, nowMs) ?? { became: "waiting" };
}

/** What its group let go of, and nobody was told. */
function gone({ status }: Alert, before: Fate): Fate {
  if (before.became !== "waiting") return before;
  return { became: status === "resolved" ? "unheard" : "over-before" };
}

/** Whether what everybody was told says it already. */
function isShown({ state }: SimulatedGroup, { key, status, news }: HeldAlert): boolean {
  if (status !== "firing" || news !== undefined) return false;
  return Object.values(state?.told ?? {}).some(({ firing }) => firing.includes(key));
}

function holdOf(held: HeldAlert, { mutedBy }: SimulatedGroup, nowMs: number): Fate | undefined {
  if (held.isQuiet) return { became: "replayed" };
  if ((suppressedUntil(held) ?? 0) > nowMs) return { became: "suppressed", by: held.suppression?.reason ?? "" };
  const muted = mutedBy(held, nowMs);
  return muted === undefined ? undefined : { became: muted.kind, by: muted.by };
}

function outcomeOf({ alert, fates }: OpenStatement, groups: readonly SimulatedGroup[]): AlertOutcome {
  const all = [...fates.values()];
  const best = BY_WEIGHT.flatMap((became) => all.find((fate) => fate.became === became) ?? [])[0];
  const fate = best ?? all[0] ?? { became: "again" };
  const { key, status, title } = alert;
  return { key, status, title, ...fate, receivers: [...new Set(groups.map(({ receiver }) => receiver))] };
}
