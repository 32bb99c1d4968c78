import type { Table } from "../../platform/table-client.ts";
import { dedupKeyOf } from "../message.ts";
import { receiptsOf } from "../outbox-dead.ts";
import type { Receipt } from "../outbox-row.ts";
import { type IncidentRow, incidentKey, incidentOf, OPEN, RECENT, readIncident } from "./incident-row.ts";
import { LAST } from "./sort-key.ts";

/** Incidents, for whoever looks at them. */
export interface IncidentStore {
  /** Those whose handle begins so, with at least `MIN_HANDLE_DIGITS` digits: none, one, or several among which the beginning does not tell. */
  find(handle: string, signal: AbortSignal): Promise<readonly IncidentRow[]>;
  /** Those that are not resolved, the latest first. */
  open(limit: number, signal: AbortSignal): Promise<readonly IncidentRow[]>;
  /** All of the last 90 days and those that are on, the latest first. */
  recent(limit: number, signal: AbortSignal): Promise<readonly IncidentRow[]>;
  /** What became of all that was said of an incident, on all channels. */
  receipts(row: IncidentRow, signal: AbortSignal): Promise<readonly Receipt[]>;
}

/** Fewer digits would be too easily another's. */
export const MIN_HANDLE_DIGITS = 4;

const HANDLE = /^[0-9a-f]+$/;

/** The incidents that a dispatcher keeps in a table. */
export function incidentStore(table: Table): IncidentStore {
  const listed = async (partition: string, limit: number, signal: AbortSignal): Promise<readonly IncidentRow[]> => {
    const items = await table.queryTo(partition, LAST, limit, signal);
    const rows = await Promise.all(items.map(({ handle }) => readIncident(table, String(handle), signal)));
    return rows.filter((row) => row !== undefined);
  };
  return {
    async find(handle, signal) {
      const digits = handle.toLowerCase();
      if (digits.length < MIN_HANDLE_DIGITS || !HANDLE.test(digits)) return [];
      const { pk, sk } = incidentKey(digits);
      return (await table.query(pk, sk, signal)).map(incidentOf);
    },
    open: (limit, signal) => listed(OPEN, limit, signal),
    recent: (limit, signal) => listed(RECENT, limit, signal),
    receipts: ({ group, handle }, signal) => receiptsOf(table, dedupKeyOf(group.route, handle), signal),
  };
}
