import { fieldsOf, MAPPED_CLASSES } from "@belfry/core/sinks/opensearch-fields";

/** One side of a range. */
export interface Bound {
  readonly text: string;
  readonly inclusive: boolean;
}

/** How the bounds of a range, and the values it is held against, compare. */
export type RangeOrder = "number" | "date" | "ipv4" | "text";

/** Pieces of a wildcard: literal text, `many` for * and `one` for ?. */
export type GlobPiece = { readonly text: string } | "many" | "one";

/** A query as a tree, the same for the archive, for OpenSearch and for records under way. */
export type Query =
  | { readonly kind: "all" }
  | { readonly kind: "and" | "or"; readonly parts: readonly Query[] }
  | { readonly kind: "not"; readonly part: Query }
  | { readonly kind: "exists"; readonly field: string }
  /** The field has this value; in a text field, these words in a row. */
  | { readonly kind: "term"; readonly field: string; readonly text: string }
  /** The field is an IPv4 address in this block. */
  | {
      readonly kind: "cidr";
      readonly field: string;
      readonly text: string;
      readonly first: number;
      readonly last: number;
    }
  | { readonly kind: "wildcard"; readonly field: string; readonly pieces: readonly GlobPiece[] }
  | {
      readonly kind: "range";
      readonly field: string;
      readonly order: RangeOrder;
      readonly min?: Bound;
      readonly max?: Bound;
    };

/** The field that words without a field are looked for in. */
export const DEFAULT_FIELD = "message";

// Fields that hold sentences: a word of them is searched whatever its case. All others are compared as a whole. So OpenSearch does by its
// templates, which do not index event.original.
const TEXT_FIELDS: ReadonlySet<string> = new Set([
  "event.original",
  ...MAPPED_CLASSES.flatMap((dataset) => [...fieldsOf(dataset)])
    .filter(([, type]) => type === "text")
    .map(([field]) => field),
]);

/** Whether a field is searched by its words rather than compared as a whole. */
export function isTextField(field: string): boolean {
  return TEXT_FIELDS.has(field);
}

/** The words of a text, lower case, as OpenSearch's standard analyzer sees them: runs of letters, digits and underscores. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
}

const OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);

/** An IPv4 address as a number; undefined for anything else. */
export function ipv4Number(text: string): number | undefined {
  if (!IPV4.test(text)) return undefined;
  return text.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

const DECIMAL = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A decimal number; undefined for anything else, also for what JavaScript would take for a number (`0x10`, `Infinity`, an empty text). */
export function decimalNumber(text: string): number | undefined {
  return DECIMAL.test(text) ? Number(text) : undefined;
}
