import { isDeepStrictEqual } from "node:util";
import type { TestCaseConfig } from "./schema.ts";

/** What became of a test case's record in a dry run of the pipeline. */
export interface CaseOutcome {
  /** The rule that dropped it. */
  readonly dropped?: string;
  /** Why it was quarantined or is to be retried. */
  readonly refused?: string;
  /** The names of the routes that took it, joined by `, `. */
  readonly route?: string;
  readonly sinks: readonly string[];
  /** The value of a field by its dotted path; undefined when there is none. */
  readonly field: (path: string) => unknown;
}

/** What differs between what a test case expects and what became of its record, a sentence each; nothing when it passes. What it does not name is not compared. */
export function compareOutcome(expect: TestCaseConfig["expect"], outcome: CaseOutcome): string[] {
  return [...compareFate(expect, outcome), ...compareFields(expect.fields ?? {}, outcome)];
}

function compareFate({ dropped, route, sinks }: TestCaseConfig["expect"], outcome: CaseOutcome): string[] {
  const differences: string[] = [];
  const was = fateOf(outcome);
  if (dropped !== undefined && dropped !== outcome.dropped) {
    differences.push(`expected it to be dropped by "${dropped}", but it was ${was}`);
  }
  if (route !== undefined && outcome.route !== route && !outcome.route?.split(", ").includes(route)) {
    differences.push(`expected route "${route}", but it was ${was}`);
  }
  if (sinks !== undefined && !isDeepStrictEqual(new Set(sinks), new Set(outcome.sinks))) {
    differences.push(`expected sinks ${list(sinks)}, but it was ${was}`);
  }
  return differences;
}

function fateOf({ dropped, refused, route, sinks }: CaseOutcome): string {
  if (dropped !== undefined) return `dropped by "${dropped}"`;
  if (refused !== undefined) return `refused: ${refused}`;
  return `taken by route "${route ?? ""}" to ${list(sinks)}`;
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none" : [...names].sort().join(", ");
}

function compareFields(fields: Readonly<Record<string, unknown>>, outcome: CaseOutcome): string[] {
  return Object.entries(fields).flatMap(([path, expected]) => {
    const got = outcome.field(path) ?? null;
    if (isDeepStrictEqual(got, expected)) return [];
    return [`expected ${path} to be ${textOf(expected)}, but it is ${textOf(got)}`];
  });
}

function textOf(value: unknown): string {
  return value === null ? "absent" : JSON.stringify(value);
}
