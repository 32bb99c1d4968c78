import { CaseInsensitive } from "./ignore-case.ts";
import type { TextTest } from "./value-pattern.ts";

// AWS holds a prefix or suffix against the value within its JSON quotes. So a prefix that ends in a quote can also be the whole value, and
// a suffix that begins with one.

/** Tests for `{ "prefix": "…" }`. */
export function startsWith(prefix: string): TextTest {
  const whole = prefix.endsWith('"') ? prefix.slice(0, -1) : undefined;
  return (text) => text.startsWith(prefix) || text === whole;
}

/** Tests for `{ "suffix": "…" }`. */
export function endsWith(suffix: string): TextTest {
  const whole = suffix.startsWith('"') ? suffix.slice(1) : undefined;
  return (text) => text.endsWith(suffix) || text === whole;
}

/** Tests for `{ "prefix": { "equals-ignore-case": "…" } }`. */
export function startsWithIgnoreCase(prefix: string): TextTest {
  const affix = new CaseInsensitive(prefix);
  const whole = prefix.endsWith('"') ? equalsIgnoreCase(prefix.slice(0, -1)) : undefined;
  return (text) => affix.isPrefixOf(text) || whole?.(text) === true;
}

/** Tests for `{ "suffix": { "equals-ignore-case": "…" } }`. */
export function endsWithIgnoreCase(suffix: string): TextTest {
  const affix = new CaseInsensitive(suffix);
  const whole = suffix.startsWith('"') ? equalsIgnoreCase(suffix.slice(1)) : undefined;
  return (text) => affix.isSuffixOf(text) || whole?.(text) === true;
}

/** Tests for `{ "equals-ignore-case": "…" }`. */
export function equalsIgnoreCase(text: string): TextTest {
  const insensitive = new CaseInsensitive(text);
  return (value) => insensitive.equals(value);
}
