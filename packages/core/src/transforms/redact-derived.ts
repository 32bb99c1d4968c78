import { SLACK } from "../event/payload.ts";
import { maskableParts } from "./redact-json.ts";
import { maskOf } from "./redact-mask.ts";
import { merged, type Spans } from "./redact-spans.ts";

/** Adds the spans of secrets in a text to `found`. */
export type FindSecrets = (bytes: Buffer, view: DataView, length: number, found: number[]) => void;

/** Shorter texts stand in other texts by chance. */
const MIN_TEXT_LENGTH = 4;

/** So many texts are looked for inside of others; more are compared with whole strings alone, which is what parsers take out. */
const MAX_TEXTS_INSIDE = 64;

/**
 * A value that a parser computed, without its secrets: those that are found in it, and the texts of the merged spans that are masked in the message that it
 * was computed from. The same value when it has none.
 */
export function redactDerived(value: unknown, message: Buffer, spans: Spans, find: FindSecrets): unknown {
  const original = JSON.stringify(value);
  const json = withoutFound(original, find);
  const texts = textsOf(message, spans, json.length).filter((text) => json.includes(JSON.stringify(text).slice(1, -1)));
  const masked: unknown = json === original ? value : JSON.parse(json);
  return texts.length === 0 ? masked : withoutTexts(masked, new Set(texts));
}

/** The texts of the spans, as they stand there and as JSON means them; those that are too long to be in a text of this length are left out. */
function textsOf(message: Buffer, spans: Spans, maxLength: number): string[] {
  const texts: string[] = [];
  for (let i = 0; i < spans.length; i += 2) {
    // An escape is six bytes at most.
    if (spans[i + 1] - spans[i] > 6 * maxLength) continue;
    const text = message.toString("utf8", spans[i], spans[i + 1]);
    if (text.length <= maxLength) texts.push(text);
    if (text.includes("\\")) texts.push(unescaped(text));
  }
  return texts;
}

/** The text that the inside of a JSON string means; the same text when it is none. */
function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

/** A JSON text with what is found in it masked. */
function withoutFound(json: string, find: FindSecrets): string {
  const length = Buffer.byteLength(json);
  const bytes = Buffer.allocUnsafe(length + SLACK);
  bytes.write(json);
  const found: number[] = [];
  find(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), length, found);
  if (found.length === 0) return json;
  const parts = maskableParts(bytes, 0, length, merged(found));
  for (const [i, part] of parts.entries()) bytes.set(maskOf(part, i + 1), part.from);
  return bytes.toString("utf8", 0, length);
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
