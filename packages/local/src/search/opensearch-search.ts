import { BelfryError } from "@belfry/core/platform/errors";
import type { SendHttp } from "@belfry/core/platform/http";
import * as z from "zod";
import { type SearchRequest, withRange } from "./archive-search.ts";
import { DEFAULT_FIELD } from "./query.ts";
import { toQueryString } from "./query-string.ts";

// What an index gives in one answer unless it is configured otherwise.
// https://docs.opensearch.org/latest/api-reference/search-apis/search/
const MAX_RESULT_WINDOW = 10_000;

const INDICES = "/belfry-*/_search?ignore_unavailable=true&allow_no_indices=true";

const Answer = z.object({ hits: z.object({ hits: z.array(z.object({ _source: z.unknown() })) }) });
const Refusal = z.object({ error: z.object({ reason: z.string() }) });

/**
 * Searches the indices of an OpenSearch cluster with the same query, and gives documents as JSON texts. Raises BAD_QUERY when the cluster
 * refuses the query, UNAVAILABLE for any other failure.
 */
export async function* searchOpenSearch(send: SendHttp, request: SearchRequest): AsyncGenerator<string> {
  const { sort, limit = MAX_RESULT_WINDOW } = request;
  if (limit > MAX_RESULT_WINDOW) {
    throw new BelfryError(
      "BAD_ARGUMENT",
      `OpenSearch gives at most ${MAX_RESULT_WINDOW} results at once, not ${limit}`,
    );
  }
  const query = toQueryString(withRange(request.query, request.range));
  const body = {
    size: limit,
    query: { query_string: { query, default_field: DEFAULT_FIELD, default_operator: "AND" } },
    ...(sort === undefined ? {} : { sort: [{ [sort.field]: sortOf(sort.descending) }] }),
  };
  const response = await send({
    method: "POST",
    path: INDICES,
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(body)),
  });
  if (response.status !== 200) throw refusal(response.status, response.body.toString());
  const answer = Answer.parse(JSON.parse(response.body.toString()));
  for (const { _source } of answer.hits.hits) yield JSON.stringify(_source);
}

function sortOf(descending: boolean): object {
  return { order: descending ? "desc" : "asc", missing: "_last", unmapped_type: "keyword" };
}

function refusal(status: number, body: string): BelfryError {
  const reason = reasonOf(body);
  if (status === 400) return new BelfryError("BAD_QUERY", `OpenSearch refuses the query: ${reason}`);
  return new BelfryError("UNAVAILABLE", `OpenSearch answered ${status}: ${reason}`, {
    retryable: status === 429 || status >= 500,
  });
}

function reasonOf(body: string): string {
  try {
    return Refusal.parse(JSON.parse(body)).error.reason;
  } catch {
    return body.slice(0, 200);
  }
}
