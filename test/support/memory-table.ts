// A table in memory that keeps DynamoDB's rules for keys and conditions, for tests of what is stored.
import type { Table, TableCondition, TableItem, TableKey } from "@belfry/core/platform/table-client";

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
  return {
    items,
    get: async (key) => structuredClone(items.get(at(key))),
    query: async (pk, prefix) =>
      structuredClone(
        [...items.values()]
          .filter((item) => item.pk === pk && item.sk.startsWith(prefix))
          .sort((a, b) => (a.sk < b.sk ? -1 : 1)),
      ),
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
  };
}
