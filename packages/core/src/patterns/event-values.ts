import { numberFrom, type Scalar } from "./json-scalar.ts";
import { type JsonToken, JsonTokens, MAX_JSON_DEPTH } from "./json-tokens.ts";

/** Which element of which array a value stands in, outermost first: array number, index, array number, index, … */
export type Membership = readonly number[];

/** A value of a field, and the array elements that it stands in. Elements that are themselves the value do not count. */
export interface FieldValue {
  readonly value: Scalar;
  readonly membership: Membership;
}

const NOWHERE: Membership = [];

/** The paths that a pattern reads. */
export class PathSet {
  readonly paths: readonly string[];
  readonly #fields: ReadonlySet<string>;
  readonly #above = new Set<string>();

  constructor(paths: Iterable<string>) {
    this.#fields = new Set(paths);
    this.paths = [...this.#fields];
    for (const path of this.#fields) for (const above of ancestorsOf(path)) this.#above.add(above);
  }

  hasField(path: string): boolean {
    return this.#fields.has(path);
  }

  /** Whether a field lies below this path. */
  isAbove(path: string): boolean {
    return this.#above.has(path);
  }
}

/** The paths above this one, outermost first: for `a.b.c` `a` and `a.b`. */
export function ancestorsOf(path: string): string[] {
  const above: string[] = [];
  for (let dot = path.indexOf("."); dot >= 0; dot = path.indexOf(".", dot + 1)) above.push(path.slice(0, dot));
  return above;
}

/**
 * The values that an event has at a pattern's paths. A field's path is the names on the way to it, joined by dots, so `{"a.b": 1}` and
 * `{"a": {"b": 1}}` have the same field; names within an array's elements join on as if there were no array.
 */
export class EventValues {
  readonly #paths: PathSet;
  readonly #values = new Map<string, FieldValue[]>();
  #arrays = 0;

  constructor(paths: PathSet) {
    this.#paths = paths;
  }

  /** The values of a field, in the order of the event. */
  at(path: string): readonly FieldValue[] {
    return this.#values.get(path) ?? [];
  }

  /** Sets the one value of a field, in place of others. */
  set(path: string, value: Scalar): void {
    this.#values.set(path, [{ value, membership: NOWHERE }]);
  }

  /** Adds what a parsed event holds. */
  addEvent(event: object): void {
    this.#addObject(event, undefined, NOWHERE, 0);
  }

  /** Adds what a parsed JSON value holds that stands at a path of the event. */
  addField(path: string, value: unknown): void {
    this.#addValue(value, path, NOWHERE, 0);
  }

  /** Adds what a JSON text holds; false when it is no JSON object. */
  addText(json: string): boolean {
    const tokens = new JsonTokens(json);
    try {
      if (tokens.next() !== "{") return false;
      this.#addObjectText(tokens, undefined, NOWHERE);
      tokens.next();
      return true;
    } catch (error) {
      if (error instanceof SyntaxError) return false;
      throw error;
    }
  }

  #addObject(object: object, path: string | undefined, membership: Membership, depth: number): void {
    for (const [name, value] of Object.entries(object)) {
      this.#addValue(value, path === undefined ? name : `${path}.${name}`, membership, depth + 1);
    }
  }

  #addValue(value: unknown, path: string, membership: Membership, depth: number): void {
    if (depth > MAX_JSON_DEPTH) return;
    if (typeof value !== "object" || value === null) {
      const scalar = scalarFrom(value);
      if (scalar !== undefined) this.#addScalar(scalar, path, membership);
    } else if (!Array.isArray(value)) {
      if (this.#paths.isAbove(path)) this.#addObject(value, path, membership, depth);
    } else if (this.#paths.isAbove(path) || this.#paths.hasField(path)) {
      const array = this.#arrays++;
      for (const [index, element] of value.entries()) {
        const isScalar = typeof element !== "object" || element === null;
        this.#addValue(element, path, isScalar ? membership : [...membership, array, index], depth + 1);
      }
    }
  }

  #addObjectText(tokens: JsonTokens, path: string | undefined, membership: Membership): void {
    while (tokens.next() !== "}") {
      const name = tokens.text();
      this.#addValueText(tokens.next(), tokens, path === undefined ? name : `${path}.${name}`, membership);
    }
  }

  #addValueText(token: JsonToken, tokens: JsonTokens, path: string, membership: Membership): void {
    const isAbove = this.#paths.isAbove(path);
    if (token === "{" && isAbove) this.#addObjectText(tokens, path, membership);
    else if (token === "[" && (isAbove || this.#paths.hasField(path))) {
      const array = this.#arrays++;
      let index = 0;
      for (let element = tokens.next(); element !== "]"; element = tokens.next(), index++) {
        const isScalar = element !== "{" && element !== "[";
        this.#addValueText(element, tokens, path, isScalar ? membership : [...membership, array, index]);
      }
    } else if (token === "{" || token === "[") tokens.skip();
    else if (this.#paths.hasField(path)) this.#addScalar(scalarOf(token, tokens), path, membership);
  }

  #addScalar(value: Scalar, path: string, membership: Membership): void {
    if (!this.#paths.hasField(path)) return;
    const values = this.#values.get(path);
    if (values === undefined) this.#values.set(path, [{ value, membership }]);
    else values.push({ value, membership });
  }
}

/** A JSON leaf as patterns see it; undefined when the value is none. A bigint keeps the digits of an integer that a double would lose. */
export function scalarFrom(value: unknown): Scalar | undefined {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    case "bigint":
      return numberFrom(value.toString());
    default:
      return value === null ? null : undefined;
  }
}

function scalarOf(token: JsonToken, tokens: JsonTokens): Scalar {
  if (token === "string") return tokens.text();
  if (token === "number") return numberFrom(tokens.text());
  return token === "null" ? null : token === "true";
}
