// A process that counts an item up, so many times, while others do: node count-in-table.ts FILE TIMES
import { openSqliteTable } from "@belfry/local/on-call/sqlite-table";

const [file, times] = process.argv.slice(2);
const signal = new AbortController().signal;
const table = openSqliteTable(file, Date.now());
const key = { pk: "group#1", sk: "state" };
let done = 0;
while (done < Number(times)) {
  const count = (await table.get(key, signal))?.count as number;
  if (await table.update(key, { count: count + 1 }, { equals: { count } }, signal)) done++;
}
table.close();
