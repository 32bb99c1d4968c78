import { BelfryError } from "@belfry/core/platform/errors";
import type { Bound, GlobPiece, Query } from "./query.ts";

const EVERYTHING = "*:*";

// What query_string takes for syntax. < and > cannot be escaped.
// https://docs.opensearch.org/latest/query-dsl/full-text/query-string/#reserved-characters
const RESERVED = /[\s+\-=&|!(){}[\]^"~*?:\\/]/g;
const UNESCAPABLE = /[<>]/g;

/**
 * Writes a query for OpenSearch's `query_string`. All groups are in brackets, all values in quotes and all dates resolved, so that nothing
 * is left to precedence, default operator, analysis or the server's clock, and the answer is that of the archive.
 */
export function toQueryString(query: Query): string {
  switch (query.kind) {
    case "all":
      return EVERYTHING;
    case "and":
    case "or":
      return `(${query.parts.map(toQueryString).join(query.kind === "and" ? " AND " : " OR ")})`;
    case "not":
      // A group of nothing but negations finds nothing, hence the clause before it.
      return `(${EVERYTHING} AND NOT ${toQueryString(query.part)})`;
    case "exists":
      return `_exists_:${nameOf(query.field)}`;
    case "term":
    case "cidr":
      return `${nameOf(query.field)}:${quote(query.text)}`;
    case "wildcard":
      return `${nameOf(query.field)}:${query.pieces.map(pieceOf).join("")}`;
    case "range":
      return `${nameOf(query.field)}:${rangeOf(query.min, query.max)}`;
  }
}

function nameOf(field: string): string {
  if (/[<>]/.test(field)) throw new BelfryError("BAD_QUERY", `"${field}" cannot be the name of a field in OpenSearch`);
  return field.replaceAll(RESERVED, "\\$&");
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

function pieceOf(piece: GlobPiece): string {
  if (piece === "many") return "*";
  return piece === "one" ? "?" : piece.text.replaceAll(RESERVED, "\\$&").replaceAll(UNESCAPABLE, "?");
}

function rangeOf(min: Bound | undefined, max: Bound | undefined): string {
  const open = min === undefined || min.inclusive ? "[" : "{";
  const close = max === undefined || max.inclusive ? "]" : "}";
  return `${open}${min === undefined ? "*" : quote(min.text)} TO ${max === undefined ? "*" : quote(max.text)}${close}`;
}
