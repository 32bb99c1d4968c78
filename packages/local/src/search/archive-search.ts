import { tmpdir } from "node:os";
import path from "node:path";
import { BelfryError, messageOf } from "@belfry/core/platform/errors";
import { DuckDBInstance, listValue } from "@duckdb/node-api";
import type { TimeRange } from "./archive-files.ts";
import type { Query } from "./query.ts";
import { jsonPathOf, toSql } from "./query-sql.ts";

/** What to search for. */
export interface SearchRequest {
  readonly query: Query;
  /** Of the events' own times; documents without a time are found only when both sides are open. */
  readonly range: TimeRange;
  /** Without an order documents come as they lie in the files, and none has to wait for the last. */
  readonly sort?: SortOrder;
  readonly limit?: number;
}

/** A field, and whether its largest value comes first; documents without it come last. */
export interface SortOrder {
  readonly field: string;
  readonly descending: boolean;
}

// Longer than any line that the pipeline lets through, escaped.
const MAX_DOCUMENT_BYTES = 32 * 1024 * 1024;

/**
 * Searches the files of an archive by DuckDB, as Athena does in S3, and gives documents as JSON texts. A document that lies there more than
 * once is given once, by its id. Lines that are no JSON are passed over. Raises UNAVAILABLE when a file cannot be read.
 */
export async function* searchArchive(files: readonly string[], request: SearchRequest): AsyncGenerator<string> {
  if (files.length === 0) return;
  const { text, parameters } = statement(files, request);
  // What does not fit into memory goes there; the folder is made when it is needed, and goes with the process.
  const instance = await DuckDBInstance.create(":memory:", {
    temp_directory: path.join(tmpdir(), `belfry-search-${process.pid}`),
  });
  const connection = await instance.connect();
  try {
    const result = await connection.stream(text, parameters);
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      for (const document of chunk.getColumnValues(0)) yield String(document);
    }
  } catch (cause) {
    throw new BelfryError("UNAVAILABLE", `cannot search the archive: ${messageOf(cause).split("\n")[0]}`, { cause });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

type Parameter = string | number | ReturnType<typeof listValue>;

function statement(files: readonly string[], request: SearchRequest): { text: string; parameters: Parameter[] } {
  const condition = toSql(withRange(request.query, request.range));
  const parameters: Parameter[] = [...condition.parameters];
  const bind = (value: Parameter): string => `$${parameters.push(value)}`;
  const text = `
    WITH found AS (
      SELECT doc, filename, coalesce(json_extract_string(doc, '$."belfry"."id"'), CAST(doc AS VARCHAR)) AS id
      FROM (SELECT json AS doc, filename FROM read_ndjson_objects(${bind(listValue([...files]))},
        ignore_errors = true, filename = true, maximum_object_size = ${MAX_DOCUMENT_BYTES}))
      WHERE doc IS NOT NULL AND ${condition.text}
      QUALIFY row_number() OVER (PARTITION BY id ORDER BY filename) = 1
    )
    SELECT CAST(doc AS VARCHAR) FROM found`;
  return { text: text + orderBy(request.sort, bind) + limitTo(request.limit), parameters };
}

/** Numbers by their value, before what is none; the id decides between equals. */
function orderBy(sort: SortOrder | undefined, bind: (path: string) => string): string {
  if (sort === undefined) return "";
  const value = `json_extract_string(doc, ${bind(jsonPathOf(sort.field))})`;
  const direction = `${sort.descending ? "DESC" : "ASC"} NULLS LAST`;
  return ` ORDER BY TRY_CAST(${value} AS DOUBLE) ${direction}, ${value} ${direction}, id`;
}

function limitTo(limit: number | undefined): string {
  return limit === undefined ? "" : ` LIMIT ${Math.floor(limit)}`;
}

/** The query, and that the event's own time is in the range: from its first millisecond, up to but without its last. */
export function withRange(query: Query, { fromMs, toMs }: TimeRange): Query {
  if (fromMs === undefined && toMs === undefined) return query;
  const text = (timeMs: number) => new Date(timeMs).toISOString();
  const range: Query = {
    kind: "range",
    field: "@timestamp",
    order: "date",
    ...(fromMs === undefined ? {} : { min: { text: text(fromMs), inclusive: true } }),
    ...(toMs === undefined ? {} : { max: { text: text(toMs), inclusive: false } }),
  };
  return { kind: "and", parts: [query, range] };
}
