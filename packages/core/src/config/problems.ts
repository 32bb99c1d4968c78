import type * as z from "zod";
import { knownKeys } from "./json-schema.ts";
import { lowerFirst, suggestion } from "./wording.ts";

/** Longest text of a value that is shown in a message. */
const MAX_SHOWN = 60;

/** One thing that is wrong with a configuration. */
export interface Problem {
  /** Keys and indices down to the place. */
  readonly path: readonly PropertyKey[];
  /** `on-call.yaml:7`, where it stands in a file of its own. */
  readonly place?: string | undefined;
  readonly message: string;
}

/** Says what zod found wrong, with what was got, and for an unknown key the nearest that there is. */
export function problemsOf(error: z.ZodError, root: unknown): Problem[] {
  return error.issues.flatMap((issue) => problemOf(issue, root));
}

/** A problem as a line: `sinks.search.maxRequestBytes: …`. */
export function problemLine({ path, place, message }: Problem): string {
  return [...(place === undefined ? [] : [place]), ...(path.length === 0 ? [] : [pathText(path)]), message].join(": ");
}

function problemOf(issue: z.core.$ZodIssue, root: unknown): Problem[] {
  const { path } = issue;
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `unknown key${suggestion(key, knownKeys(path, root)) || `; known are ${knownKeys(path, root).join(", ")}`}`,
      }));
    case "invalid_key":
      return issue.issues.map(({ message }) => ({ path, message: plain(message) }));
    case "invalid_value":
      return [oneOf(issue.values.map(String), issue, root)];
    case "invalid_union":
      return [unionProblem(issue, root)];
    default: {
      const value = valueAt(root, path);
      const got = issue.code === "custom" ? "" : `, got ${shown(value)}`;
      return [{ path, message: `${plain(issue.message)}${got}` }];
    }
  }
}

/** A kind of sink that there is not, or a value that fits none of several forms. */
function unionProblem(issue: z.core.$ZodIssueInvalidUnion, root: unknown): Problem {
  const { path, message } = issue;
  const value = valueAt(root, path);
  if (!("options" in issue) || issue.options === undefined)
    return { path, message: `${plain(message)}, got ${shown(value)}` };
  return oneOf(issue.options.map(String), issue, root);
}

function oneOf(known: readonly string[], { path }: z.core.$ZodIssue, root: unknown): Problem {
  const value = valueAt(root, path);
  const expected = known.length === 1 ? known[0] : `one of ${known.join(", ")}`;
  const hint = typeof value === "string" ? suggestion(value, known) : "";
  return { path, message: `expected ${expected}, got ${shown(value)}${hint}` };
}

/** zod's message without its first words and without the type that it received, which the value shows better. */
function plain(message: string): string {
  return lowerFirst(message.replace(/^Invalid (?:input|option): /, "").replace(/, received .*$/, ""));
}

function shown(value: unknown): string {
  const text = (value === undefined ? "nothing" : JSON.stringify(value)) ?? typeof value;
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  return value;
}

/** Dotted keys and indices in brackets; a key that is no word stands in quotes. */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const name = /^[\w-]+$/.test(String(key)) ? String(key) : JSON.stringify(key);
    return text === "" ? name : `${text}.${name}`;
  }, "");
}
