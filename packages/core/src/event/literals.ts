const texts: string[] = [];
const values: unknown[] = [];
const ids = new Map<string, number>();

/**
 * The number of a constant value for `RecordBatch.addLiteral`, such as `"network"` or `["iam"]`. For constants of the code only, made at
 * module level: the table is never emptied.
 */
export function literal(value: string | number | boolean | readonly string[]): number {
  const text = JSON.stringify(value);
  let id = ids.get(text);
  if (id === undefined) {
    id = texts.length;
    ids.set(text, id);
    texts.push(text);
    values.push(value);
  }
  return id;
}

/** The JSON text of a literal. */
export function literalText(id: number): string {
  return texts[id] ?? "null";
}

/** The value of a literal. */
export function literalValue(id: number): unknown {
  return values[id];
}
