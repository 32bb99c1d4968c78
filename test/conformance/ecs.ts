import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { DATASETS } from "@belfry/core/config/datasets";
import { DocumentEncoder } from "@belfry/core/event/document-encoder";
import { createParseAs } from "@belfry/core/parsers/choose";
import { batchOf } from "../support/batch.ts";
import { compareDocuments } from "./ecs-score.ts";
import type { Score } from "./score.ts";

/** One line of a file: what came in, and the documents that Elastic's integration makes of it; null when it makes none. */
interface EcsCase {
  readonly file: string;
  readonly raw?: string;
  readonly text?: string;
  readonly expected: unknown;
}

/** Scores a file of lines `{file, raw, expected}` or `{file, text, expected: [...]}`; a reason when it is not such a file, or has no parser. */
export async function scoreEcs(path: string, set: string): Promise<Score | string> {
  const cases = parseCases(await readFile(path, "utf8"));
  if (cases === undefined) return "not a file of lines with expected documents";
  const source = basename(path).replace(/\.jsonl?$/, "");
  if (!(DATASETS as readonly string[]).includes(source)) return "no parser yet";
  const parse = createParseAs(source, { keepOriginal: true });
  const encoder = new DocumentEncoder();
  const results = cases.map(({ file, raw, text, expected }) => {
    const batch = batchOf(raw === undefined ? linesOf(text ?? "") : [raw], { resource: { account: "", region: "" } });
    parse(batch);
    const documents: unknown[] = [];
    for (let record = 0; record < batch.count; record++) {
      if (batch.fates.isOpen(record)) documents.push(JSON.parse(encoder.encodeRecord(batch, record)));
    }
    return { file, ...compareAll(Array.isArray(expected) ? expected : [expected], documents) };
  });
  return {
    set,
    source,
    cases: results.length,
    passed: results.filter(({ score }) => score === 1).length,
    score: results.reduce((sum, { score }) => sum + score, 0) / results.length,
    failures: results
      .filter(({ different }) => different.length > 0)
      .map(({ file, different }) => `${file}: ${different.join(", ")}`),
  };
}

function parseCases(text: string): EcsCase[] | undefined {
  try {
    const cases = linesOf(text).map((line) => JSON.parse(line) as EcsCase);
    const isCase = (value: EcsCase): boolean =>
      value !== null &&
      (typeof value.raw === "string" || typeof value.text === "string") &&
      value.expected !== undefined;
    return cases.length > 0 && cases.every(isCase) ? cases : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function compareAll(
  expected: readonly unknown[],
  documents: readonly unknown[],
): { score: number; different: string[] } {
  const wanted = expected.filter((document) => document !== null);
  if (wanted.length === 0)
    return documents.length === 0 ? { score: 1, different: [] } : { score: 0, different: ["no document expected"] };
  const compared = wanted.map((document, i) => compareDocuments(document, documents[i] ?? {}));
  return {
    score: compared.reduce((sum, { score }) => sum + score, 0) / compared.length,
    different: compared.flatMap(({ different }) => different),
  };
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}
