import { type Condition, readConditions } from "./filter-condition.ts";
import type { FilterReader } from "./filter-reader.ts";
import { readComparison } from "./filter-value.ts";

/** Stands among the names where any number of fields may be. */
const ELLIPSIS = "...";

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const FIELD = /\[([^\]]*)\]|"([^"]*)"|(\S+)/g;

/** A line's fields by the pattern's names. */
type Fields = ReadonlyMap<string, string>;

interface Column {
  readonly name: string;
  readonly holds: Condition<Fields> | undefined;
}

/** A space-delimited pattern: its test of messages, and the names that it gives to their fields. */
export interface FieldsPattern {
  readonly names: readonly string[];
  matches(message: string): boolean;
}

/**
 * Reads a space-delimited pattern, `[ip, user, ..., status = 4*, bytes > 1000]`. A message matches when it has as many fields as the pattern names, or with
 * `...` at least as many, and all conditions hold. What stands between brackets or double quotes in a message is one field.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function readFieldsPattern(reader: FilterReader): FieldsPattern {
  reader.take("[");
  const columns: Column[] = [];
  const known = new Set<string>();
  const used = new Set<string>();
  do columns.push(readColumn(reader, known, used, columns.length));
  while (reader.take(","));
  if (!reader.take("]")) reader.refuse("expected , or ]");
  for (const name of used) if (!known.has(name)) reader.refuse(`no field is named ${name}`);
  if (!reader.isAtEnd) reader.refuse("nothing may stand after ]");
  const gap = columns.findIndex(({ name }) => name === ELLIPSIS);
  return {
    names: columns.flatMap(({ name }) => (name === ELLIPSIS ? [] : [name])),
    matches(message) {
      const fields = nameFields(splitFields(message), columns, gap);
      return fields !== undefined && columns.every(({ holds }) => holds === undefined || holds(fields));
    },
  };
}

/** A field without a name is called by its place in the pattern, from 1; a condition may name other fields than its own. */
function readColumn(reader: FilterReader, known: Set<string>, used: Set<string>, place: number): Column {
  if (reader.take(ELLIPSIS)) {
    if (known.has(ELLIPSIS)) reader.refuse("... may stand only once");
    known.add(ELLIPSIS);
    return { name: ELLIPSIS, holds: undefined };
  }
  const start = reader.at;
  const name = reader.match(NAME)?.[0] ?? String(place + 1);
  reader.skipSpace();
  if (known.has(name)) reader.refuse(`${name} is a name twice`);
  known.add(name);
  const next = reader.text[reader.at];
  if (next === "," || next === "]" || next === undefined) return { name, holds: undefined };
  reader.at = start;
  return { name, holds: readConditions(reader, (at) => readFieldCondition(at, used)) };
}

function readFieldCondition(reader: FilterReader, used: Set<string>): Condition<Fields> {
  const name = reader.match(NAME)?.[0];
  if (name === undefined) return reader.refuse("expected a field's name: letters, digits and _");
  used.add(name);
  reader.skipSpace();
  const holds = readComparison(reader);
  return (fields) => holds(fields.get(name) ?? "");
}

function splitFields(message: string): string[] {
  return Array.from(message.matchAll(FIELD), ([, bracketed, quoted, word]) => bracketed ?? quoted ?? word);
}

function nameFields(values: readonly string[], columns: readonly Column[], gap: number): Fields | undefined {
  const missing = values.length - columns.length;
  if (gap < 0 ? missing !== 0 : missing < -1) return undefined;
  const fields = new Map<string, string>();
  for (const [i, { name }] of columns.entries()) {
    if (i !== gap) fields.set(name, values[gap < 0 || i < gap ? i : i + missing]);
  }
  return fields;
}
