/** A document being built, or a part of one. */
export interface Document {
  [key: string]: unknown;
}

/** Sets a value below dotted keys, making the objects on the way. */
export function put(document: Document, path: string, value: unknown): void {
  if (value === undefined || value === null) return;
  const keys = path.split(".");
  const last = keys.pop() as string;
  let at = document;
  for (const key of keys) {
    at[key] ??= {};
    at = at[key] as Document;
  }
  at[last] = value;
}

/** The value below dotted keys. */
export function get(document: Document, path: string): unknown {
  return path.split(".").reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), document);
}

export function isObject(value: unknown): value is Document {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
