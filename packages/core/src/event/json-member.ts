/** A JSON object of which nothing is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for what has members by name. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an object; one without members when it is none. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The value as a list; an empty one when it is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * The value as trimmed text: a string, a number or a boolean. Undefined for everything else, and for the empty string and the words `null` and `NULL`, by which
 * some services say that there is nothing.
 */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return text === "" || text === "null" || text === "NULL" ? undefined : text;
}

/** The member at the end of a path of names; undefined where the path ends early. */
export function memberAt(value: unknown, ...path: readonly string[]): unknown {
  let at: unknown = value;
  for (const name of path) at = objectOf(at)[name];
  return at;
}

/** The text at the end of a path of names; undefined as for `textOf`. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  return textOf(memberAt(value, ...path));
}

/** The JSON document in a text; undefined when it is not a text, or no JSON. */
export function parsedJson(text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
