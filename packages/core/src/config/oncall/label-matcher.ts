import { BelfryError } from "../../platform/errors.ts";

const OPERATORS = ["=", "!=", "=~", "!~"] as const;

/** How a label's value is compared: equal, not equal, matched as a whole by a regular expression, not matched. */
export type MatchOperator = (typeof OPERATORS)[number];

/** A condition on one label; a label that an alert does not have counts as the empty text. https://prometheus.io/docs/alerting/latest/configuration/#matcher */
export interface LabelMatcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
}

const FORM = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*|"(?:[^"\\]|\\.)*")\s*(=~|!~|!=|=)\s*(.*?)\s*$/s;

/**
 * Reads one or several matchers, apart by commas and in braces or not: `severity="critical"`, `{env=~"prod.*", team!=ops}`. A value without quotes ends at a
 * comma. Raises BAD_ARGUMENT for what is no matcher.
 */
export function parseMatchers(text: string): LabelMatcher[] {
  const trimmed = text.trim();
  const isOpened = trimmed.startsWith("{");
  const isClosed = trimmed.endsWith("}");
  if (isOpened !== isClosed) throw bad(text, `has only one of its braces`);
  const parts = partsOf(isOpened ? trimmed.slice(1, -1) : trimmed);
  // A comma may follow the last one.
  if (parts.at(-1)?.trim() === "") parts.pop();
  return parts.map(parseMatcher);
}

/** Splits at the commas that stand in no quotes. */
function partsOf(text: string): string[] {
  const parts = [""];
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "," && !isQuoted) {
      parts.push("");
      continue;
    }
    if (char === '"') isQuoted = !isQuoted;
    // What is escaped, a quote above all, is taken as it is.
    const width = char === "\\" ? 2 : 1;
    parts[parts.length - 1] += text.slice(at, at + width);
    at += width - 1;
  }
  if (isQuoted) throw bad(text, "has a quote without its end");
  return parts;
}

function parseMatcher(text: string): LabelMatcher {
  const [, name, operator, raw] = FORM.exec(text) ?? [];
  if (raw === undefined) throw bad(text, 'is not written as name="value", with =, !=, =~ or !~');
  return {
    name: name.startsWith('"') ? unescaped(name.slice(1, -1)) : name,
    operator: operator as MatchOperator,
    value: readValue(raw, text),
  };
}

function readValue(raw: string, text: string): string {
  const isQuoted = raw.startsWith('"');
  const inside = isQuoted ? raw.slice(1, -1) : raw;
  if (isQuoted && (raw.length < 2 || !raw.endsWith('"'))) throw bad(text, "has a value without its last quote");
  if (/(?<!\\)(?:\\\\)*"/.test(inside)) throw bad(text, 'has a quote within its value: write it as \\"');
  return unescaped(inside);
}

/** `\n`, `\"` and `\\`; a backslash before anything else stands for itself, as regular expressions want. */
function unescaped(text: string): string {
  return text.replace(/\\([n"\\])/g, (_, char: string) => (char === "n" ? "\n" : char));
}

/** Matchers as Alertmanager writes them, in its order: `{env="prod",team=~"a|b"}`. Two lists that mean the same have the same text. */
export function matchersText(matchers: readonly LabelMatcher[]): string {
  const sorted = matchers.toSorted(
    (a, b) =>
      compare(a.name, b.name) ||
      compare(a.value, b.value) ||
      OPERATORS.indexOf(a.operator) - OPERATORS.indexOf(b.operator),
  );
  return `{${sorted.map(({ name, operator, value }) => `${name}${operator}${quoted(value)}`).join()}}`;
}

/** A text in quotes, escaped as matchers are. */
export function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"')}"`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function bad(text: string, what: string): BelfryError {
  return new BelfryError("BAD_ARGUMENT", `the matcher ${text.trim()} ${what}`);
}
