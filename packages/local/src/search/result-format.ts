import { table } from "../cli/table.ts";
import { printable, type Terminal } from "../cli/terminal.ts";
import { valueAt } from "../json-path.ts";
import { type Document, summaryOf, textOf } from "./document-summary.ts";

/** How results are written. */
export const OUTPUTS = ["table", "json", "csv"] as const;
export type Output = (typeof OUTPUTS)[number];

const TIME = "@timestamp";
const DATASET = "event.dataset";
const TABLE_FIELDS = [TIME, DATASET, "cloud.account.id", "cloud.region"] as const;
const CSV_FIELDS = [...TABLE_FIELDS, "belfry.id", "message"] as const;

/** Text for the documents that were found: a table, a JSON object a line, or CSV (RFC 4180). `fields` are dotted paths. */
export function formatResults(
  documents: readonly string[],
  output: Output,
  fields: readonly string[] | undefined,
  terminal: Terminal,
): string {
  if (output === "json")
    return documents.map((document) => (fields === undefined ? document : pick(document, fields))).join("\n");
  const parsed = documents.map((document) => JSON.parse(document) as Document);
  if (output === "csv") return csv(parsed, fields ?? CSV_FIELDS);
  if (fields !== undefined)
    return table(
      fields,
      parsed.map((document) => cells(document, fields).map(printable)),
      terminal.paint,
    );
  return summaries(parsed, terminal);
}

function pick(document: string, fields: readonly string[]): string {
  const parsed = JSON.parse(document) as Document;
  return JSON.stringify(Object.fromEntries(fields.map((field) => [field, valueAt(parsed, field)])));
}

function csv(documents: readonly Document[], fields: readonly string[]): string {
  const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [fields, ...documents.map((document) => cells(document, fields))];
  return lines.map((line) => line.map(quote).join(",")).join("\r\n");
}

function summaries(documents: readonly Document[], terminal: Terminal): string {
  const rows = documents.map((document) => [...cells(document, TABLE_FIELDS), summaryOf(document)].map(printable));
  const taken = TABLE_FIELDS.reduce((sum, _, i) => sum + 2 + Math.max(...rows.map((row) => row[i].length)), 0);
  const room = terminal.isInteractive ? Math.max(20, terminal.columns - taken) : Number.POSITIVE_INFINITY;
  const cut = (text: string) => (text.length > room ? `${text.slice(0, room - 1)}…` : text);
  const shown = rows.map((row) => [...row.slice(0, -1), cut(row.at(-1) ?? "")]);
  return table(["time", "data set", "account", "region", "what"], shown, terminal.paint);
}

function cells(document: Document, fields: readonly string[]): string[] {
  return fields.map((field) => textOf(valueAt(document, field)));
}
