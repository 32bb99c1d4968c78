import { httpSender } from "@belfry/core/platform/http";

/** A document of an index, by its own id. */
export interface Hit {
  readonly index: string;
  readonly id: string;
  readonly source: Record<string, unknown>;
}

interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

interface SearchAnswer {
  readonly _scroll_id: string;
  readonly hits: { readonly hits: readonly { _index: string; _id: string; _source?: Record<string, unknown> }[] };
}

// The most that one answer may have. https://docs.opensearch.org/latest/api-reference/search-apis/scroll/
const PAGE = 10_000;

/** What tests ask an OpenSearch server, not signed. */
export class OpenSearchClient {
  readonly #send: ReturnType<typeof httpSender>;

  constructor(url: string) {
    this.#send = httpSender(new URL(url));
  }

  async call<Body>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: object): Promise<Answer<Body>> {
    const headers = { accept: "application/json", "content-type": "application/json" };
    const sent = body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) };
    const answer = await this.#send({ method, path, headers, ...sent });
    return { status: answer.status, body: JSON.parse(answer.body.toString() || "null") as Body };
  }

  /** Names of Belfry's indices. */
  async indices(): Promise<string[]> {
    const { body } = await this.call<{ index: string }[]>("GET", "/_cat/indices/belfry-*?h=index&format=json");
    return body.map(({ index }) => index).sort();
  }

  /** What the server counts in all of Belfry's indices. */
  async count(): Promise<number> {
    await this.call("POST", "/belfry-*/_refresh");
    return (await this.call<{ count: number }>("GET", "/belfry-*/_count")).body.count;
  }

  /** The ids of all documents in Belfry's indices, as often as they are there, one after the other by a scroll. */
  async allIds(): Promise<string[]> {
    await this.call("POST", "/belfry-*/_refresh");
    const search = { size: PAGE, sort: ["_doc"], _source: false };
    let { body } = await this.call<SearchAnswer>("POST", "/belfry-*/_search?scroll=1m", search);
    const ids: string[] = [];
    while (body.hits.hits.length > 0) {
      ids.push(...body.hits.hits.map(({ _id }) => _id));
      ({ body } = await this.call<SearchAnswer>("POST", "/_search/scroll", {
        scroll: "1m",
        scroll_id: body._scroll_id,
      }));
    }
    await this.call("DELETE", "/_search/scroll", { scroll_id: body._scroll_id });
    return ids;
  }

  /** The documents that match a query, the first thousand. */
  async find(query: object): Promise<Hit[]> {
    await this.call("POST", "/belfry-*/_refresh");
    const { body } = await this.call<SearchAnswer>("POST", "/belfry-*/_search", { size: 1000, query });
    return body.hits.hits.map(({ _index, _id, _source = {} }) => ({ index: _index, id: _id, source: _source }));
  }
}
