import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { DocumentEncoder } from "@belfry/core/event/document-encoder";
import { createParseAs } from "@belfry/core/parsers/choose";
import { batchOf } from "../support/batch.ts";
import type { Score } from "./score.ts";

/** A line in a format, and the typed values that it has; none when it need only be taken. */
interface FlowCase {
  readonly format: string | undefined;
  readonly line: string;
  readonly want: Readonly<Record<string, unknown>>;
}

/** Columns that have a field of another name than `aws.vpcflow.<column>`. */
const FIELDS: Readonly<Record<string, string>> = {
  srcaddr: "source.address",
  dstaddr: "destination.address",
  srcport: "source.port",
  dstport: "destination.port",
  bytes: "network.bytes",
  packets: "network.packets",
  protocol: "network.iana_number",
  start: "event.start",
  end: "event.end",
};

/** Scores Vector's cases of its flow log parser, `{args: {value, format}, want}`, or its valid lines, `{format, lines}`. */
export async function scoreFlowLogs(path: string, set: string): Promise<Score> {
  const content: unknown = JSON.parse(await readFile(path, "utf8"));
  const cases = (Array.isArray(content) ? content : []).flatMap(casesOf);
  const failures = cases.flatMap((one) => {
    const wrong = differences(one);
    return wrong.length === 0 ? [] : [`${one.line.slice(0, 60)}: ${wrong.join(", ")}`];
  });
  const passed = cases.length - failures.length;
  return { set, source: basename(path, ".json"), cases: cases.length, passed, score: passed / cases.length, failures };
}

function casesOf(entry: {
  readonly args?: { readonly value: string; readonly format?: string };
  readonly want?: Record<string, unknown>;
  readonly format?: string | null;
  readonly lines?: readonly string[];
}): FlowCase[] {
  if (entry.args !== undefined) return [{ format: entry.args.format, line: entry.args.value, want: entry.want ?? {} }];
  return (entry.lines ?? []).map((line) => ({ format: entry.format ?? undefined, line, want: {} }));
}

function differences({ format, line, want }: FlowCase): string[] {
  const batch = batchOf([line]);
  createParseAs("aws.vpcflow", format === undefined ? {} : { format })(batch);
  const document = JSON.parse(new DocumentEncoder().encodeRecord(batch, 0)) as object;
  if (at(document, "event.dataset") !== "aws.vpcflow") return ["not taken as a flow log"];
  if (at(document, "aws.vpcflow.unparsed") !== undefined) return ["not taken whole"];
  return Object.entries(want).flatMap(([column, value]) => {
    const found = at(document, FIELDS[column] ?? `aws.vpcflow.${column}`);
    const same =
      column === "start" || column === "end"
        ? Date.parse(String(found)) === Number(value) * 1000
        : String(found) === String(value);
    return same ? [] : [`${column} is ${String(found)}, expected ${String(value)}`];
  });
}

function at(document: unknown, path: string): unknown {
  return path.split(".").reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
}
