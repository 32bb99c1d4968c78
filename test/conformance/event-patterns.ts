import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { compilePattern, type EventPattern } from "@belfry/core/patterns/event-pattern";
import { InvalidPatternError } from "@belfry/core/patterns/invalid-pattern-error";

interface Score {
  readonly set: string;
  readonly source: string;
  readonly cases: number;
  readonly passed: number;
  readonly score: number;
  readonly failures: string[];
}

type Verdict = boolean | "invalid";
type Case = Readonly<Record<string, unknown>>;

/** By what a case holds: the verdict that it expects, and how to come to ours. */
interface Shape {
  recognises(testCase: Case): boolean;
  expected(testCase: Case): Verdict;
  actual(testCase: Case): Verdict;
}

const SHAPES: readonly Shape[] = [
  // AWS's own verdicts: pattern and event parsed, or both as text.
  {
    recognises: ({ expect }) => typeof expect === "boolean" || expect === "invalid",
    expected: ({ expect }) => expect as Verdict,
    actual: ({ pattern, event, patternText, eventText }) =>
      verdictOf(patternText ?? pattern, (compiled) =>
        typeof eventText === "string" ? compiled.matchesText(eventText) : compiled.matches(event),
      ),
  },
  {
    recognises: ({ pattern, event, matches }) =>
      typeof pattern === "string" && typeof event === "string" && typeof matches === "boolean",
    expected: ({ matches }) => matches as boolean,
    actual: ({ pattern, event }) => verdictOf(pattern, (compiled) => compiled.matchesText(event as string)),
  },
  {
    recognises: ({ pattern, valid }) => typeof pattern === "string" && typeof valid === "boolean",
    expected: ({ valid }) => (valid === true ? true : "invalid"),
    actual: ({ pattern }) => verdictOf(pattern, () => true),
  },
];

/** Scores every JSON file of a known shape in the folder, the set being the folder's name; files of other shapes are left out. */
export async function scoreEventPatterns(folder: string): Promise<Score[]> {
  const scores: Score[] = [];
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".json")).sort()) {
    const cases = casesOf(JSON.parse(await readFile(path.join(folder, file), "utf8")));
    const shape = SHAPES.find(({ recognises }) => cases.length > 0 && cases.every(recognises));
    if (shape !== undefined) scores.push(scoreCases(path.basename(folder), path.basename(file, ".json"), cases, shape));
  }
  return scores;
}

function casesOf(content: unknown): Case[] {
  const cases = (content as { cases?: unknown } | null)?.cases;
  return Array.isArray(cases) ? cases : [];
}

function scoreCases(set: string, source: string, cases: readonly Case[], shape: Shape): Score {
  const failures: string[] = [];
  for (const [index, testCase] of cases.entries()) {
    const expected = shape.expected(testCase);
    const actual = shape.actual(testCase);
    if (actual !== expected) {
      const name = testCase.name ?? testCase.test ?? "case";
      failures.push(`${index} ${String(name)}: expected ${expected}, got ${actual}`);
    }
  }
  const passed = cases.length - failures.length;
  return { set, source, cases: cases.length, passed, score: passed / cases.length, failures };
}

function verdictOf(pattern: unknown, match: (compiled: EventPattern) => boolean): Verdict {
  try {
    return match(compilePattern(pattern));
  } catch (error) {
    if (error instanceof InvalidPatternError) return "invalid";
    throw error;
  }
}
