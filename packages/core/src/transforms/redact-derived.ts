import { SLACK } from "../event/payload.ts";
import { maskableParts } from "./redact-json.ts";
import { maskOf } from "./redact-mask.ts";
import { merged } from "./redact-spans.ts";

/** Adds the spans of secrets in a text to `found`. */
export type FindSecrets = (bytes: Buffer, view: DataView, length: number, found: number[]) => void;

/** Shorter texts stand in other texts by chance. */
const MIN_TEXT_LENGTH = 4;

/** So many texts are looked for inside of others; more are compared with whole strings alone, which is what parsers take out. */
const MAX_TEXTS_INSIDE = 64;

/**
 * A value that a parser computed, without its secrets: those that are found in it, and the texts that were masked in the record that it was computed
 * from. The same value when it has none.
 */
export function redactDerived(value: unknown, texts: ReadonlySet<string>, find: FindSecrets): unknown {
  const without = texts.size === 0 ? value : withoutTexts(value, texts);
  const json = JSON.stringify(without);
  const length = Buffer.byteLength(json);
  const bytes = Buffer.alloc(length + SLACK);
  bytes.write(json);
  const found: number[] = [];
  find(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), length, found);
  const parts = maskableParts(bytes, 0, length, merged(found));
  if (parts.length === 0) return without;
  for (const [i, part] of parts.entries()) bytes.set(maskOf(part, i + 1), part.from);
  return JSON.parse(bytes.toString("utf8", 0, length));
}

function withoutTexts(value: unknown, texts: ReadonlySet<string>): unknown {
  if (typeof value === "string") return withoutTextsInside(value, texts);
  if (Array.isArray(value)) return value.map((element) => withoutTexts(element, texts));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutTexts(member, texts)]));
}

function withoutTextsInside(value: string, texts: ReadonlySet<string>): string {
  if (texts.has(value)) return "*".repeat(value.length);
  if (texts.size > MAX_TEXTS_INSIDE) return value;
  let result = value;
  for (const text of texts) {
    if (text.length >= MIN_TEXT_LENGTH) result = result.replaceAll(text, "*".repeat(text.length));
  }
  return result;
}
