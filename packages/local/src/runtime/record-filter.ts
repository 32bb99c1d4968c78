import { compilePattern } from "@belfry/core/patterns/event-pattern";
import { matchesQuery } from "../search/query-match.ts";
import { parseQuery } from "../search/query-parser.ts";

/** Whether a document, as JSON.parse gives it, is wanted. */
export type RecordFilter = (document: unknown) => boolean;

/** A filter that a person wrote: an event pattern if it is a JSON object, else a search query. Raises BAD_QUERY or InvalidPatternError. */
export function recordFilter(text: string, nowMs: number): RecordFilter {
  if (text.trimStart().startsWith("{")) {
    const pattern = compilePattern(text);
    return (document) => pattern.matches(document);
  }
  const query = parseQuery(text, nowMs);
  return (document) => matchesQuery(query, document);
}
