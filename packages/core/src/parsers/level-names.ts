import { NameTable } from "./name-table.ts";

const NAMES = [
  "trace",
  "verbose",
  "debug",
  "dbug",
  "info",
  "information",
  "note",
  "notice",
  "warn",
  "warning",
  "error",
  "err",
  "fail",
  "severe",
  "critical",
  "crit",
  "alert",
  "fatal",
  "panic",
  "emerg",
  "emergency",
];

/** Lengths of the names, in bytes. */
export const SHORTEST_LEVEL = Math.min(...NAMES.map((name) => name.length));
export const LONGEST_LEVEL = Math.max(...NAMES.map((name) => name.length));

/** Names of log levels as frameworks write them, each in lower case, upper case and capitalised. */
const LEVELS = new NameTable(
  NAMES.flatMap((name) => [
    [name, 0] as const,
    [name.toUpperCase(), 0] as const,
    [`${name[0].toUpperCase()}${name.slice(1)}`, 0] as const,
  ]),
);

/** Whether bytes [from, to) are the name of a log level: `INFO`, `warning`, `Fatal`. */
export function isLevel(bytes: Uint8Array, from: number, to: number): boolean {
  return LEVELS.find(bytes, from, to) >= 0;
}
