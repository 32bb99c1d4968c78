import { type Condition, readConditions } from "./filter-condition.ts";
import type { FilterReader } from "./filter-reader.ts";
import { readComparison } from "./filter-value.ts";

/** One step of a selector: a member's name, an index, or any member or element. */
type Step = string | number | typeof ANY;

const ANY = Symbol("any");
const STEP = /\.(?:([A-Za-z0-9_-]+)|(\*))|\[(?:(\d+)|(\*))\]/y;
const SELECTOR = /^\$(?:\.(?:[A-Za-z0-9_-]+|\*)|\[(?:\d+|\*)\])+$/;
const STATE = /(IS\s+NULL|IS\s+TRUE|IS\s+FALSE|NOT\s+EXISTS)(?![A-Za-z0-9_])/iy;

/** Whether a text is a selector of a JSON message: `$.latency`, `$.users[0].id`. */
export function isSelector(text: string): boolean {
  return SELECTOR.test(text);
}

/**
 * Reads what stands between the braces of a JSON pattern, `$.a = "x" && ($.b[0] > 3 || $.c NOT EXISTS)`, and makes a test of messages. A message that is no
 * JSON object never matches, and a comparison holds only for a string or a number.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function readJsonPattern(reader: FilterReader): (message: string) => boolean {
  reader.take("{");
  const holds = readConditions(reader, readJsonCondition);
  if (!reader.take("}")) reader.refuse("expected && or || or }");
  if (!reader.isAtEnd) reader.refuse("nothing may stand after }");
  return (message) => {
    const root = objectOf(message);
    return root !== undefined && holds(root);
  };
}

function objectOf(message: string): object | undefined {
  if (!message.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(message) as object;
  } catch {
    // Not JSON: such a message is of another format than the pattern, which is no error.
    return undefined;
  }
}

function readJsonCondition(reader: FilterReader): Condition<object> {
  const steps = readSelector(reader);
  const state = reader.match(STATE)?.[1].toUpperCase().replaceAll(/\s+/g, " ");
  if (state !== undefined) {
    reader.skipSpace();
    return stateTest(steps, state);
  }
  const holds = readComparison(reader);
  return (root) =>
    valuesAt(root, steps).some(
      (value) => (typeof value === "string" || typeof value === "number") && holds(String(value)),
    );
}

function stateTest(steps: readonly Step[], state: string): Condition<object> {
  if (state === "NOT EXISTS") return (root) => valuesAt(root, steps).length === 0;
  const wanted = state === "IS NULL" ? null : state === "IS TRUE";
  return (root) => valuesAt(root, steps).includes(wanted);
}

function readSelector(reader: FilterReader): Step[] {
  if (reader.text[reader.at] !== "$") reader.refuse("expected a selector that begins with $");
  reader.at++;
  const steps: Step[] = [];
  for (let found = reader.match(STEP); found !== undefined; found = reader.match(STEP)) {
    const [, name, , index] = found;
    steps.push(name ?? (index === undefined ? ANY : Number(index)));
  }
  if (steps.length === 0) reader.refuse("expected .name or [index] after $");
  reader.skipSpace();
  return steps;
}

/** What the selector names; several with a wildcard, none when it is not there. */
function valuesAt(root: unknown, steps: readonly Step[]): unknown[] {
  let found = [root];
  for (const step of steps) found = found.flatMap((value) => membersOf(value, step));
  return found;
}

function membersOf(value: unknown, step: Step): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  if (step === ANY) return Object.values(value);
  if (Array.isArray(value) !== (typeof step === "number")) return [];
  return Object.hasOwn(value, step) ? [(value as Record<string | number, unknown>)[step]] : [];
}
