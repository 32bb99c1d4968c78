import type { ItemError } from "./bulk-answer.ts";

/**
 * Members of a document whose names Belfry does not choose. When a refusal names no field (too many fields, names with odd dots), one of
 * these is its cause.
 */
const OPEN_MEMBERS = ["app", "labels", "aws"] as const;

/** How OpenSearch and Elasticsearch name the field that a document was refused for; the first group is its path. */
const FIELD_PATTERNS = [
  /failed to parse field \[([^\]]+)\]/,
  /failed to parse \[([^\]]+)\]/,
  /object mapping for \[([^\]]+)\]/,
  /Existing mapping for \[([^\]]+)\]/,
  /mapper \[([^\]]+)\] (?:cannot be changed|of different type)/,
  /due to object field \[([^\]]+)\]/,
  /immense term in field="([^"]+)"/,
];
const STRICT = /dynamic introduction of \[([^\]]+)\] within \[([^\]]+)\]/;

/** Fields that the mapping makes beside or below the one in the document. */
const SHADOW = /\.(?:_value|_valueAndPath|_keyed|keyword|text)$/;

/** Half of what a Lucene term may have, 32,766 bytes: the rest is for the keys that stand in the term before the value. */
const LONG_TERM_BYTES = 16_383;

/** A string below an open object that is too long for Lucene: the reason names the object only. */
const IMMENSE_TERM = "immense term";

/** What to take out of a document. */
export interface RefusedField {
  /** Dotted; undefined when the reason names none. */
  readonly path: string | undefined;
  /** True when the longest string below the path is meant. */
  readonly longest: boolean;
}

/** What the reason of a refusal names. Of several fields the first counts: what follows may quote the document. */
export function refusedField(error: ItemError): RefusedField {
  let first = Number.POSITIVE_INFINITY;
  let field: string | undefined;
  const take = (match: RegExpExecArray | null, path: (match: RegExpExecArray) => string) => {
    if (match === null || match.index >= first) return;
    first = match.index;
    field = path(match);
  };
  for (const pattern of FIELD_PATTERNS) take(pattern.exec(error.reason), ([, path]) => path);
  take(STRICT.exec(error.reason), ([, name, parent]) => (parent === "_doc" ? name : `${parent}.${name}`));
  return { path: field?.replace(SHADOW, ""), longest: error.reason.includes(IMMENSE_TERM) };
}

/**
 * The document with one field's value moved to `belfry.set_aside`, a list of `<path>=<JSON text>` that any mapping takes as keywords, so that
 * nothing of it is lost. All other values stay as they are written, numbers of any size included. Undefined when nothing can be moved:
 * the field is not there (moved before), or is Belfry's own.
 */
export function setAside(document: string, field: RefusedField): string | undefined {
  try {
    return moveAside(parseExactly(document), field);
  } catch {
    // Nested beyond the engine's stack: such a document can only be quarantined.
    return undefined;
  }
}

function moveAside(root: unknown, field: RefusedField): string | undefined {
  if (!isObject(root)) return undefined;
  const named = field.path === undefined ? openMember(root) : placeOf(root, field.path.split("."));
  const path = named !== undefined && field.longest ? [...named, ...longestBelow(root, named)] : named;
  if (path === undefined || path[0] === "belfry") return undefined;
  const value = take(root, path);
  const belfry = isObject(root.belfry) ? root.belfry : {};
  root.belfry = belfry;
  const moved = Array.isArray(belfry.set_aside) ? belfry.set_aside : [];
  belfry.set_aside = [...moved, `${path.join(".")}=${JSON.stringify(value)}`];
  return JSON.stringify(root);
}

type JsonObject = Record<string, unknown>;

interface ExactJson {
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
}

// Not in TypeScript's library of ES2023, but in every engine that Belfry runs on. https://github.com/tc39/proposal-json-parse-with-source
const exactJson = JSON as unknown as ExactJson;

/** Keeps the text of each number, which may have more digits than a JavaScript number holds. */
function parseExactly(document: string): unknown {
  return exactJson.parse(document, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined ? exactJson.rawJSON(source) : value,
  );
}

function openMember(root: JsonObject): string[] | undefined {
  const name = OPEN_MEMBERS.find((member) => Object.hasOwn(root, member));
  return name === undefined ? undefined : [name];
}

/** The keys down to a field, of which each may itself hold dots; down to the array or value above it, where the path leads into one. */
function placeOf(parent: JsonObject, names: readonly string[]): string[] | undefined {
  for (let length = names.length; length > 0; length--) {
    const key = names.slice(0, length).join(".");
    if (!Object.hasOwn(parent, key)) continue;
    const value = parent[key];
    if (length === names.length || !isObject(value)) return [key];
    const below = placeOf(value, names.slice(length));
    if (below !== undefined) return [key, ...below];
  }
  return undefined;
}

/** The keys from a place down to the longest string below it; none when it is no object, or holds no string that is too long. */
function longestBelow(root: JsonObject, place: readonly string[]): string[] {
  let longest: string[] = [];
  let bytes = LONG_TERM_BYTES;
  const walk = (value: unknown, keys: string[]): void => {
    if (isObject(value)) for (const [key, member] of Object.entries(value)) walk(member, [...keys, key]);
    const length = typeof value === "string" || Array.isArray(value) ? Buffer.byteLength(JSON.stringify(value)) : 0;
    if (length <= bytes) return;
    bytes = length;
    longest = keys;
  };
  walk(
    place.reduce<unknown>((value, key) => (value as JsonObject)[key], root),
    [],
  );
  return longest;
}

/** Removes a field and the objects that are empty without it. */
function take(root: JsonObject, path: readonly string[]): unknown {
  const parents: JsonObject[] = [root];
  for (const key of path.slice(0, -1)) parents.push(parents.at(-1)?.[key] as JsonObject);
  const value = parents.at(-1)?.[path.at(-1) as string];
  for (let depth = path.length - 1; depth >= 0; depth--) {
    delete parents[depth][path[depth]];
    if (Object.keys(parents[depth]).length > 0) break;
  }
  return value;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !exactJson.isRawJSON(value);
}
