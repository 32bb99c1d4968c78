import type { IncidentRow } from "@belfry/core/alerts/dispatch/incident-row";
import { incidentStore, MIN_HANDLE_DIGITS } from "@belfry/core/alerts/dispatch/incident-store";
import { dedupKeyOf } from "@belfry/core/alerts/message";
import { openPartition, rowOf } from "@belfry/core/alerts/outbox-row";
import { suggestion } from "@belfry/core/config/wording";
import { BelfryError } from "@belfry/core/platform/errors";
import type { Table } from "@belfry/core/platform/table-client";
import { printable } from "../cli/terminal.ts";
import { type IncidentLife, shortHandle } from "./incident-text.ts";

/** Stands for the incident that began last. */
const LATEST = "last";

/** Open ones that a message names. */
const MAX_NAMED = 5;

/** The one incident whose handle begins so, or the `last` one. Raises BAD_ARGUMENT for what is no handle or begins several, NOT_FOUND with what there is. */
export async function findIncident(table: Table, text: string, signal: AbortSignal): Promise<IncidentRow> {
  const handle = text.toLowerCase();
  const found = await candidates(table, handle, signal);
  if (found.length === 1) return found[0];
  if (found.length > 1) {
    throw new BelfryError("BAD_ARGUMENT", `${text} begins several: ${found.map(({ handle }) => handle).join(", ")}`);
  }
  const open = await incidentStore(table).open(MAX_NAMED, signal);
  const hint = suggestion(
    handle,
    open.map((row) => shortHandle(row).slice(0, Math.max(MIN_HANDLE_DIGITS, handle.length))),
  );
  const names = open.map((row) => `${shortHandle(row)} (${printable(row.title)})`);
  const rest = open.length === 0 ? "; none is open" : `; open ${open.length === 1 ? "is" : "are"} ${names.join(", ")}`;
  throw new BelfryError("NOT_FOUND", `there is no incident ${text}${hint || rest}`);
}

async function candidates(table: Table, handle: string, signal: AbortSignal): Promise<readonly IncidentRow[]> {
  const store = incidentStore(table);
  if (handle === LATEST) return store.recent(1, signal);
  if (!/^[0-9a-f]+$/.test(handle) || handle.length < MIN_HANDLE_DIGITS) {
    const form = `give ${MIN_HANDLE_DIGITS} or more of its digits, or last`;
    throw new BelfryError("BAD_ARGUMENT", `"${handle}" is no incident: ${form}`);
  }
  return store.find(handle, signal);
}

/** An incident with what became of its notifications. */
export async function lifeOf(table: Table, row: IncidentRow, signal: AbortSignal): Promise<IncidentLife> {
  const dedupKey = dedupKeyOf(row.group.route, row.handle);
  const channels = [...new Set([...row.told.receiver, ...row.told.paged])];
  const open = await Promise.all(channels.map((channel) => table.query(openPartition(channel), dedupKey, signal)));
  const receipts = await incidentStore(table).receipts(row, signal);
  return { row, receipts: receipts.toSorted((a, b) => a.atMs - b.atMs), waiting: open.flat().map(rowOf) };
}
