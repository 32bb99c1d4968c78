import { SLACK } from "../event/payload.ts";
import { type JsonPart, maskableParts } from "./redact-json.ts";
import { maskOf } from "./redact-mask.ts";

/** Adds the spans of secrets in a text to `found`. */
export type FindSecrets = (bytes: Buffer, view: DataView, length: number, found: number[]) => void;

/** Shorter texts stand in values by chance. */
const MIN_TEXT_LENGTH = 4;

/**
 * A value that a parser computed, without its secrets: those that are found in it, and the texts that were masked in the record that it was computed
 * from. The same value when it has none.
 */
export function redactDerived(value: unknown, texts: readonly string[], find: FindSecrets): unknown {
  const long = texts.filter(({ length }) => length >= MIN_TEXT_LENGTH);
  const withoutTexts = long.length === 0 ? value : withoutAny(value, long);
  const json = JSON.stringify(withoutTexts);
  const length = Buffer.byteLength(json);
  const bytes = Buffer.alloc(length + SLACK);
  bytes.write(json);
  const found: number[] = [];
  find(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), length, found);
  const parts: JsonPart[] = [];
  for (let i = 0; i < found.length; i += 2) parts.push(...maskableParts(bytes, 0, length, found[i], found[i + 1]));
  if (parts.length === 0) return withoutTexts;
  for (const [i, part] of parts.entries()) bytes.set(maskOf(part, i + 1), part.from);
  return JSON.parse(bytes.toString("utf8", 0, length));
}

function withoutAny(value: unknown, texts: readonly string[]): unknown {
  if (typeof value === "string") {
    return texts.reduce((text, secret) => text.replaceAll(secret, "*".repeat(secret.length)), value);
  }
  if (Array.isArray(value)) return value.map((element) => withoutAny(element, texts));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutAny(member, texts)]));
}
