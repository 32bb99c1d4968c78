import type { Table, TableItem, TableWrite } from "../../platform/table-client.ts";
import { groupItemKey, groupStateOf, groupWrite } from "../engine/group-item.ts";
import type { GroupState } from "../engine/group-state.ts";
import { type IncidentRow, pointerKey, readIncident } from "./incident-row.ts";
import type { RoutedGroup } from "./routed-group.ts";

/** All that is stored of a group. */
export interface StoredGroup {
  readonly state: GroupState | undefined;
  /** As it was when the state was written; undefined without a state. */
  readonly group: RoutedGroup | undefined;
  /** The handle of its last incident. */
  readonly last: string | undefined;
  /** Its last incident, unless that is forgotten. */
  readonly row: IncidentRow | undefined;
}

/** Partitions of the keys of groups that have alerts, by the first digit of their digest. */
const OPEN_GROUPS = "groups-open";
const DIGITS = "0123456789abcdef";

/** Reads a group and its last incident. */
export async function readGroup(table: Table, groupKey: string, signal: AbortSignal): Promise<StoredGroup> {
  const stateKey = groupItemKey(groupKey);
  const items = await table.query(stateKey.pk, "", signal);
  const item = items.find(({ sk }) => sk === stateKey.sk);
  const handle = items.find(({ sk }) => sk === pointerKey(groupKey).sk)?.handle;
  const last = typeof handle === "string" ? handle : undefined;
  const row = last === undefined ? undefined : await readIncident(table, last, signal);
  const state = groupStateOf(item);
  return { state, group: state === undefined ? undefined : groupOfItem(item, state), last, row };
}

/** The writes that replace a group's state, and its place among the groups that have alerts; none of them when somebody else has written since. */
export function groupWrites(
  group: RoutedGroup,
  previous: GroupState | undefined,
  next: GroupState | undefined,
): TableWrite[] {
  const write = groupWrite(group.key, previous, next);
  const { route, receiver } = group;
  const state = "put" in write ? { ...write, put: { ...write.put, route, receiver } } : write;
  return [state, ...listWrites(group.key, hasAlerts(previous), hasAlerts(next))];
}

/** The keys of groups that have alerts: those of each partition that come first, at most so many. */
export async function openGroups(table: Table, limit: number, signal: AbortSignal): Promise<readonly string[]> {
  const partitions = [...DIGITS].map((digit) => table.queryTo(`${OPEN_GROUPS}#${digit}`, "g", limit, signal));
  return (await Promise.all(partitions)).flat().map(({ key }) => String(key));
}

function listWrites(key: string, wasOpen: boolean, isOpen: boolean): TableWrite[] {
  if (wasOpen === isOpen) return [];
  const digest = groupItemKey(key).pk.split("#")[1] ?? "";
  const at = { pk: `${OPEN_GROUPS}#${digest.slice(0, 1)}`, sk: digest };
  return [isOpen ? { put: { ...at, key } } : { delete: at }];
}

function hasAlerts(state: GroupState | undefined): boolean {
  return state !== undefined && Object.keys(state.alerts).length > 0;
}

function groupOfItem(item: TableItem | undefined, { key, labels }: GroupState): RoutedGroup {
  return { key, labels, route: String(item?.route ?? ""), receiver: String(item?.receiver ?? "") };
}
