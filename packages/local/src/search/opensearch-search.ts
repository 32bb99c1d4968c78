import { BelfryError } from "@belfry/core/platform/errors";
import type { SendHttp } from "@belfry/core/platform/http";
import * as z from "zod";
import { type SearchRequest, withRange } from "./archive-search.ts";
import { DEFAULT_FIELD } from "./query.ts";
import { toQueryString } from "./query-string.ts";

// What an index gives in one answer unless it is configured otherwise.
// https://docs.opensearch.org/latest/api-reference/search-apis/search/
const MAX_PAGE = 10_000;

const INDICES = "/belfry-*/_search?ignore_unavailable=true&allow_no_indices=true";

const Hit = z.object({ _source: z.unknown(), sort: z.array(z.unknown()).optional() });
const Answer = z.object({ hits: z.object({ hits: z.array(Hit) }) });
const Reason = z.object({ reason: z.string() });
const Refusal = z.object({ error: Reason.extend({ root_cause: z.array(Reason).optional() }) });

/**
 * Searches the indices of an OpenSearch cluster with the same query, and gives documents as JSON texts, page after page. Raises BAD_QUERY when the cluster
 * refuses the query, UNAVAILABLE for any other failure.
 */
export async function* searchOpenSearch(send: SendHttp, request: SearchRequest): AsyncGenerator<string> {
  const { sort = { field: "@timestamp", descending: true }, limit = Number.POSITIVE_INFINITY } = request;
  const query = toQueryString(withRange(request.query, request.range));
  let after: readonly unknown[] | undefined;
  for (let left = limit; left > 0; ) {
    const size = Math.min(left, MAX_PAGE);
    const body = {
      size,
      query: { query_string: { query, default_field: DEFAULT_FIELD, default_operator: "AND" } },
      // Each page goes on after the last hit of the one before; the id decides between hits that are equal otherwise.
      sort: [{ [sort.field]: sortOf(sort.descending) }, { "belfry.id": sortOf(false) }],
      ...(after === undefined ? {} : { search_after: after }),
    };
    const hits = await page(send, body);
    for (const { _source } of hits) yield JSON.stringify(_source);
    if (hits.length < size) return;
    left -= hits.length;
    after = hits.at(-1)?.sort;
  }
}

async function page(send: SendHttp, body: object): Promise<readonly z.output<typeof Hit>[]> {
  const response = await send({
    method: "POST",
    path: INDICES,
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(body)),
  });
  if (response.status !== 200) throw refusal(response.status, response.body.toString());
  return Answer.parse(JSON.parse(response.body.toString())).hits.hits;
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
    const { error } = Refusal.parse(JSON.parse(body));
    return error.root_cause?.[0]?.reason ?? error.reason;
  } catch {
    return body.slice(0, 200);
  }
}
