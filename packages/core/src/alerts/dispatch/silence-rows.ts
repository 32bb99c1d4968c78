import type { Table, TableItem, TableWrite } from "../../platform/table-client.ts";
import type { Silence } from "../silence.ts";

const SILENCES = "silences";

/** One that has ended can be looked at for some days. */
const KEPT_S = 5 * 86_400;

/** All silences that are known: those that hold, those to come, and those that ended lately. */
export async function readSilences(table: Table, signal: AbortSignal): Promise<readonly Silence[]> {
  return (await table.query(SILENCES, "", signal)).map(silenceOf);
}

/** Reads one by its id. */
export async function readSilence(table: Table, id: string, signal: AbortSignal): Promise<Silence | undefined> {
  const item = await table.get({ pk: SILENCES, sk: id }, signal);
  return item === undefined ? undefined : silenceOf(item);
}

/** Writes one, in place of what has its id. */
export function silenceWrite(silence: Silence): TableWrite & { readonly put: TableItem } {
  const expires = Math.ceil(silence.endsAt / 1000) + KEPT_S;
  return { put: { pk: SILENCES, sk: silence.id, body: JSON.stringify(silence), expires } };
}

function silenceOf({ body }: TableItem): Silence {
  return JSON.parse(String(body));
}
