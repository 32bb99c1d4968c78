// A table in memory that keeps DynamoDB's rules for keys and conditions, for tests of what is stored.
import {
  MAX_TABLE_WRITES,
  type Table,
  type TableCondition,
  type TableItem,
  type TableKey,
  type TableWrite,
} from "@belfry/core/platform/table-client";

export interface MemoryTable extends Table {
  /** All items, by `pk sk`. */
  readonly items: Map<string, TableItem>;
}

export function memoryTable(): MemoryTable {
  const items = new Map<string, TableItem>();
  const at = ({ pk, sk }: TableKey) => `${pk} ${sk}`;
  const holds = (key: TableKey, { exists, equals = {} }: TableCondition): boolean => {
    const item = items.get(at(key));
    if (exists !== undefined && exists !== (item !== undefined)) return false;
    return Object.entries(equals).every(([name, value]) => item?.[name] === value);
  };
  const set = (item: TableItem): void => {
    // DynamoDB keeps a copy, and refuses what is undefined.
    for (const [name, value] of Object.entries(item)) {
      if (value === undefined) throw new Error(`the attribute ${name} is undefined`);
    }
    items.set(at(item), structuredClone(item));
  };
  const apply = (write: TableWrite): void => {
    if ("put" in write) set(write.put);
    else if ("update" in write) set({ ...items.get(at(write.update)), ...write.set, ...keyOf(write) });
    else if ("delete" in write) items.delete(at(write.delete));
  };
  const part = (pk: string, isWanted: (sk: string) => boolean): TableItem[] =>
    structuredClone(
      [...items.values()].filter((item) => item.pk === pk && isWanted(item.sk)).sort((a, b) => (a.sk < b.sk ? -1 : 1)),
    );
  return {
    items,
    get: async (key) => structuredClone(items.get(at(key))),
    query: async (pk, prefix) => part(pk, (sk) => sk.startsWith(prefix)),
    queryTo: async (pk, lastSk, limit) => part(pk, (sk) => sk <= lastSk).slice(0, limit),
    put: async (item, condition) => {
      if (!holds(item, condition)) return false;
      set(item);
      return true;
    },
    update: async (key, changes, condition) => {
      if (!holds(key, condition)) return false;
      set({ ...items.get(at(key)), ...changes, pk: key.pk, sk: key.sk });
      return true;
    },
    delete: async (key, condition) => {
      if (!holds(key, condition)) return false;
      items.delete(at(key));
      return true;
    },
    transact: async (writes) => {
      const keys = writes.map((write) => at(keyOf(write)));
      // DynamoDB refuses both with a validation error.
      if (writes.length === 0 || writes.length > MAX_TABLE_WRITES) throw new Error(`${writes.length} writes`);
      if (new Set(keys).size < keys.length) throw new Error("two writes to one item");
      if (!writes.every((write) => holds(keyOf(write), write.condition ?? {}))) return false;
      writes.forEach(apply);
      return true;
    },
  };
}

function keyOf(write: TableWrite): TableKey {
  const { pk, sk } =
    "put" in write ? write.put : "update" in write ? write.update : "delete" in write ? write.delete : write.check;
  return { pk, sk };
}
