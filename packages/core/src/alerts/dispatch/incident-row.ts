import type { Severity } from "../../event/alert.ts";
import type { Table, TableItem, TableKey, TableWrite } from "../../platform/table-client.ts";
import { groupItemKey } from "../engine/group-item.ts";
import type { Incident } from "../incident/incident.ts";
import type { ToldAlert } from "../message.ts";
import type { RoutedGroup } from "./routed-group.ts";
import { descending, digestOf } from "./sort-key.ts";

/** The channels that were told of an incident. */
export interface ToldChannels {
  /** Its receiver's own. */
  readonly receiver: readonly string[];
  /** Those of people, and of steps of its chain. */
  readonly paged: readonly string[];
}

/** An incident with all that is needed to tell more of it. Plain JSON without undefined values. */
export interface IncidentRow {
  /** What buttons, links and people call it: 16 hexadecimal digits. */
  readonly handle: string;
  readonly incident: Incident;
  readonly group: RoutedGroup;
  /** As it was told last. */
  readonly title: string;
  readonly severity: Severity;
  /** As they were told last: the most important, of `total`. */
  readonly alerts: readonly ToldAlert[];
  readonly total: number;
  /** Epoch milliseconds since when the first of its alerts was on. */
  readonly startsAt: number;
  readonly told: ToldChannels;
  /** Of its next notification. */
  readonly sequence: number;
  /** Of its last notification: the next is no earlier, whatever a clock says. */
  readonly toldAt: number;
  /** How often it was written. */
  readonly revision: number;
}

const HANDLE_DIGITS = 16;

/** So many digits of a handle are a partition; nobody types fewer. */
const PARTITION_DIGITS = 2;

/** What has ended can be looked at for so long. */
const KEPT_S = 90 * 86_400;

const POINTER = "incident";

/** Partitions of the handles of all incidents, and of those that are not resolved; the latest first. */
export const RECENT = "incidents";
export const OPEN = "incidents-open";

/** What an incident is called by people and channels. */
export function handleOf(incidentId: string): string {
  return digestOf(incidentId).slice(0, HANDLE_DIGITS);
}

/** Where an incident is; a beginning of the handle is the beginning of the sort key. */
export function incidentKey(handle: string): TableKey {
  return { pk: `incident#${handle.slice(0, PARTITION_DIGITS)}`, sk: handle };
}

/** Reads an incident by its whole handle. */
export async function readIncident(
  table: Table,
  handle: string,
  signal: AbortSignal,
): Promise<IncidentRow | undefined> {
  const item = await table.get(incidentKey(handle), signal);
  return item === undefined ? undefined : incidentOf(item);
}

/** The incident that an item holds. */
export function incidentOf({ body }: TableItem): IncidentRow {
  return JSON.parse(String(body));
}

/** Where the handle of a group's last incident is: beside the group's state. */
export function pointerKey(groupKey: string): TableKey {
  return { pk: groupItemKey(groupKey).pk, sk: POINTER };
}

/**
 * The writes that replace an incident's row, or that make it and what leads to it; `last` is the handle of the group's incident before. None of them happens when
 * somebody else has written since.
 */
export function incidentWrites(
  before: IncidentRow | undefined,
  next: IncidentRow,
  last: string | undefined,
): TableWrite[] {
  const { incident, handle, group, revision } = next;
  const isOver = incident.status === "resolved";
  const expires = isOver ? { expires: Math.ceil((incident.resolvedAt ?? 0) / 1000) + KEPT_S } : {};
  const listed = { sk: `${descending(incident.openedAt)}#${handle}`, handle, ...expires };
  const put = { ...incidentKey(handle), revision, body: JSON.stringify(next), ...expires };
  const row = { put, condition: before === undefined ? { exists: false } : { equals: { revision: before.revision } } };
  const recent = { put: { pk: RECENT, ...listed } };
  const open = { pk: OPEN, ...listed };
  const pointer = { ...pointerKey(group.key), handle, ...expires };
  if (before === undefined) {
    const condition = last === undefined ? { exists: false } : { equals: { handle: last } };
    return [row, { put: pointer, condition }, recent, ...(isOver ? [] : [{ put: open }])];
  }
  const isEnd = isOver && before.incident.status !== "resolved";
  return isEnd ? [row, { put: pointer }, recent, { delete: { pk: OPEN, sk: listed.sk } }] : [row];
}

/** The check that an incident is as it was read, for a step that relies on it and leaves it as it is. */
export function incidentCheck({ handle, revision }: IncidentRow): TableWrite {
  return { check: incidentKey(handle), condition: { equals: { revision } } };
}
