import type { HttpRequest, HttpResponse } from "@belfry/core/platform/http";
import { searchOpenSearch } from "@belfry/local/search/opensearch-search";
import { describe, expect, it } from "vitest";

const all = { query: { kind: "all" }, range: {} } as const;

/** A cluster with so many documents, in order of their numbers. */
function cluster(count: number): { send: (request: HttpRequest) => Promise<HttpResponse>; sizes: number[] } {
  const sizes: number[] = [];
  const send = async ({ body = Buffer.alloc(0) }: HttpRequest): Promise<HttpResponse> => {
    const { size, search_after: after = [-1] } = JSON.parse(Buffer.from(body).toString()) as {
      size: number;
      search_after?: number[];
    };
    sizes.push(size);
    const from = after[0] + 1;
    const hits = Array.from({ length: Math.max(0, Math.min(size, count - from)) }, (_, i) => ({
      _source: { n: from + i },
      sort: [from + i],
    }));
    return { status: 200, body: Buffer.from(JSON.stringify({ hits: { hits } })) };
  };
  return { send, sizes };
}

async function numbers(found: AsyncIterable<string>): Promise<number[]> {
  const list: number[] = [];
  for await (const document of found) list.push(JSON.parse(document).n);
  return list;
}

describe("a search in OpenSearch", () => {
  it("goes on from page to page until it has all, each once", async () => {
    const { send, sizes } = cluster(25_000);
    const found = await numbers(searchOpenSearch(send, all));
    expect(found).toEqual(Array.from({ length: 25_000 }, (_, n) => n));
    expect(sizes).toEqual([10_000, 10_000, 10_000]);
  });

  it("stops at the limit", async () => {
    const { send, sizes } = cluster(25_000);
    expect(await numbers(searchOpenSearch(send, { ...all, limit: 10_001 }))).toHaveLength(10_001);
    expect(sizes).toEqual([10_000, 1]);
  });

  it.each([
    [
      400,
      '{"error":{"reason":"all shards failed","root_cause":[{"reason":"bad field"}]}}',
      "BAD_QUERY",
      "OpenSearch refuses the query: bad field",
    ],
    [503, "no master", "UNAVAILABLE", "OpenSearch answered 503: no master"],
    [403, '{"error":{"reason":"no permissions"}}', "UNAVAILABLE", "OpenSearch answered 403: no permissions"],
  ])("says why when the cluster answers %s", async (status, body, code, message) => {
    const send = async () => ({ status, body: Buffer.from(body) });
    await expect(numbers(searchOpenSearch(send, all))).rejects.toMatchObject({ code, message });
  });
});
