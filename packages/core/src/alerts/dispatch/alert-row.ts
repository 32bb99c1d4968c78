import type { Labels } from "../../config/oncall/compile-matcher.ts";
import type { Alert } from "../../event/alert.ts";
import type { TableItem, TableKey, TableWrite } from "../../platform/table-client.ts";
import type { ActiveAlert } from "../inhibit.ts";
import type { RoutedGroup } from "./routed-group.ts";
import { digestOf } from "./sort-key.ts";

/** A group that an alert has left: there it is over, and the group is to be told so. */
interface LeftGroup extends RoutedGroup {
  /** The labels by which the alert was there. */
  readonly alertLabels: Labels;
}

/** What is remembered of an alert besides what its groups know: where its statements go. */
export interface AlertRow {
  readonly version: number;
  readonly isOn: boolean;
  /** Of its beginning. */
  readonly labels: Labels;
  readonly groups: readonly RoutedGroup[];
  /** Stays until they are told. */
  readonly left: readonly LeftGroup[];
  /** As it can keep others quiet, where it can. */
  readonly active?: ActiveAlert;
}

/** A statement for one of its groups. */
interface GroupStatement {
  readonly group: RoutedGroup;
  readonly alert: Alert;
}

/** Where a statement goes, and what is to be remembered of it. */
export interface Placement {
  readonly row: AlertRow;
  readonly to: readonly GroupStatement[];
  /** Something later is known already. */
  readonly isOld: boolean;
}

/** An end is remembered for as long as its beginning may come late, and longer. */
const OVER_KEPT_S = 7 * 86_400;

/** What nobody speaks of any more need not be remembered for ever. */
const KEPT_S = 400 * 86_400;

/**
 * Decides where a statement goes: an end where the beginning went; and where an alert's labels lead elsewhere than before, it is over in the groups that it has left. What is
 * older than what is known goes where the alert is by now, and says nothing new there.
 */
export function placeAlert(
  known: AlertRow | undefined,
  alert: Alert,
  groupsOf: (alert: Alert) => readonly RoutedGroup[],
  active: ActiveAlert | undefined,
): Placement {
  if (known !== undefined && alert.version < known.version) {
    return { row: known, to: known.groups.map((group) => ({ group, alert })), isOld: true };
  }
  const isMoving = known === undefined || alert.status === "firing";
  const groups = isMoving ? groupsOf(alert) : known.groups;
  const keys = new Set(groups.map(({ key }) => key));
  const gone = (known?.groups ?? []).map((group) => ({ ...group, alertLabels: known?.labels ?? {} }));
  const left = [...(known?.left ?? []), ...gone].filter(({ key }) => !keys.has(key));
  const row = {
    version: alert.version,
    isOn: alert.status === "unknown" ? (known?.isOn ?? false) : alert.status === "firing",
    labels: isMoving ? alert.labels : known.labels,
    groups,
    left: [...new Map(left.map((group) => [group.key, group])).values()],
    ...(active === undefined ? {} : { active }),
  };
  const over = (labels: Labels): Alert => ({ ...alert, status: "resolved", labels });
  return {
    row,
    isOld: false,
    to: [
      ...groups.map((group) => ({ group, alert })),
      ...row.left.map(({ alertLabels, ...group }) => ({ group, alert: over(alertLabels) })),
    ],
  };
}

/** Where the row of an alert is. */
export function alertKey(key: string): TableKey {
  return { pk: `alert#${digestOf(key)}`, sk: "state" };
}

/** The partition of all alerts that can keep others quiet. */
export const ACTIVE = "active-alerts";

/** The row as it is stored, with the number of times that it was written. */
export interface StoredAlert {
  readonly row: AlertRow | undefined;
  /** 0 before the first time. */
  readonly revision: number;
}

/** The row that an item holds. */
export function storedAlert(item: TableItem | undefined): StoredAlert {
  if (item === undefined) return { row: undefined, revision: 0 };
  return { row: JSON.parse(String(item.body)), revision: Number(item.revision) };
}

/** The writes that replace an alert's row, and its part among the active ones; none of them when somebody else has written it since. */
export function alertWrites(key: string, stored: StoredAlert, next: AlertRow, nowMs: number): TableWrite[] {
  const { row, revision } = stored;
  const expires = Math.ceil(nowMs / 1000) + (next.isOn ? KEPT_S : OVER_KEPT_S);
  const put = { ...alertKey(key), revision: revision + 1, body: JSON.stringify(next), expires };
  const condition = row === undefined ? { exists: false } : { equals: { revision } };
  return [{ put, condition }, ...activeWrites(key, row?.active, next.active, nowMs)];
}

function activeWrites(
  key: string,
  before: ActiveAlert | undefined,
  after: ActiveAlert | undefined,
  nowMs: number,
): TableWrite[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const at = { pk: ACTIVE, sk: digestOf(key) };
  if (after === undefined) return [{ delete: at }];
  // One whose end never comes is forgotten with its row.
  const expires = after.endsAt === undefined ? Math.ceil(nowMs / 1000) + KEPT_S : Math.ceil(after.endsAt / 1000);
  return [{ put: { ...at, body: JSON.stringify(after), expires } }];
}

/** The active alert that an item of their partition holds. */
export function activeAlertOfItem({ body }: TableItem): ActiveAlert {
  return JSON.parse(String(body));
}
