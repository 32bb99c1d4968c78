import { BelfryError } from "@belfry/core/platform/errors";
import type { HttpRequest, SendHttp } from "@belfry/core/platform/http";
import { type OpenSearchOptions, openSearchSink } from "@belfry/core/sinks/opensearch";
import { describe, expect, it } from "vitest";
import { BulkStore, type Script } from "../../../support/bulk-store.ts";
import { allRecords, fatesAt, NOW_MS, routedBatch } from "../../../support/sink-batch.ts";

const NEVER = new AbortController().signal;

/** A sink over a store in memory, and the pauses that it made. */
function setUp(scripts: readonly Script[] = [], options: Partial<OpenSearchOptions> = {}) {
  const store = new BulkStore();
  store.script(...scripts);
  const pauses: number[] = [];
  const logged: string[] = [];
  const sink = openSearchSink({
    name: "search",
    send: async (request: HttpRequest) => store.answer(request.headers, request.body ?? new Uint8Array(), request.path),
    clock: { now: () => NOW_MS },
    random: () => 0.5,
    sleep: async (delayMs) => void pauses.push(delayMs),
    retry: { baseMs: 100, capMs: 1_000, maxAttempts: 3 },
    logger: { error: (message) => void logged.push(message), warn: (message) => void logged.push(message) },
    ...options,
  });
  const deliver = async (messages: Parameters<typeof routedBatch>[1], signal = NEVER) => {
    const batch = routedBatch(["search"], messages);
    await sink.write(batch, allRecords(batch), { signal });
    return { batch, fates: fatesAt(batch, "search") };
  };
  const sizes = () => store.requests.map(({ actions }) => actions.length);
  return { store, sink, pauses, logged, deliver, sizes };
}

const refuse = (which: number, status: number, type?: string, reason?: string): Script => ({
  items: (_action, i) => (i === which ? { status, ...(type && { type }), ...(reason && { reason }) } : undefined),
});

describe("the OpenSearch sink", () => {
  it("creates each document under its id in the index of its own day", async () => {
    const { store, deliver } = setUp();
    const { batch, fates } = await deliver(["one", { text: "two", time: NOW_MS - 86_400_000 }]);
    expect(fates).toEqual(["delivered", "delivered"]);
    expect([...store.documents]).toEqual([
      [`belfry-app.text-2026.11.22/${batch.idOf(0)}`, batch.documentOf(0)],
      [`belfry-app.text-2026.11.21/${batch.idOf(1)}`, batch.documentOf(1)],
    ]);
  });

  it("asks for no more of an answer than it reads, unless it is told not to", async () => {
    const paths: string[] = [];
    const send: SendHttp = async (request) => {
      paths.push(request.path);
      return new BulkStore().answer(request.headers, request.body ?? new Uint8Array(), request.path);
    };
    expect((await setUp([], { send }).deliver(["one"])).fates).toEqual(["delivered"]);
    expect((await setUp([], { send, filterAnswers: false }).deliver(["one"])).fates).toEqual(["delivered"]);
    const [filtered, plain] = paths.map((path) => new URL(path, "http://search"));
    expect([filtered.pathname, plain.pathname]).toEqual(["/_bulk", "/_bulk"]);
    expect(filtered.searchParams.get("filter_path")).toBe("errors,items.*.status,items.*.error");
    expect(plain.search).toBe("");
  });

  it("takes 409 for delivered", async () => {
    const { store, deliver } = setUp();
    await deliver(["one"]);
    expect((await deliver(["one"])).fates).toEqual(["delivered"]);
    expect(store.documents.size).toBe(1);
  });

  it("sends again only the items that were refused for load, after a pause", async () => {
    const { deliver, sizes, pauses } = setUp([refuse(1, 429), refuse(0, 503)]);
    expect((await deliver(["a", "b", "c"])).fates).toEqual(["delivered", "delivered", "delivered"]);
    expect(sizes()).toEqual([3, 1, 1]);
    expect(pauses).toEqual([50, 100]);
  });

  it("gives up after its attempts and names the last reason", async () => {
    const { deliver, sizes } = setUp([{ whole: { status: 503 } }, { whole: { status: 503 } }, refuse(0, 429)]);
    expect((await deliver(["a", "b"])).fates).toEqual(["retry: opensearch 429", "delivered"]);
    expect(sizes()).toEqual([2, 2, 2]);
  });

  it("tries again where no answer came", async () => {
    let calls = 0;
    const store = new BulkStore();
    const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    const send: SendHttp = async ({ headers, body = new Uint8Array() }) => {
      if (calls++ === 0) throw new BelfryError("UNAVAILABLE", "no answer", { cause: refused });
      return store.answer(headers, body);
    };
    expect((await setUp([], { send }).deliver(["a"])).fates).toEqual(["delivered"]);
    calls = Number.NEGATIVE_INFINITY;
    const always: SendHttp = async () => {
      throw new BelfryError("UNAVAILABLE", "no answer", { cause: refused });
    };
    expect((await setUp([], { send: always }).deliver(["a"])).fates).toEqual(["retry: opensearch ECONNREFUSED"]);
  });

  it.each([
    ["not JSON", "<html>busy</html>"],
    ["fewer items than were sent", '{"took":1,"errors":false,"items":[{"create":{"status":201}}]}'],
    ["items without a status", '{"errors":true,"items":[{"create":{}},{"create":{}}]}'],
  ])("takes an answer with %s for no answer", async (_name, text) => {
    const { deliver, sizes } = setUp([{ text }]);
    expect((await deliver(["a", "b"])).fates).toEqual(["delivered", "delivered"]);
    expect(sizes()).toEqual([2, 2]);
  });

  it("sends a request that is too large in halves, and quarantines the one document that stays too large", async () => {
    const tooLarge: Script = { whole: { status: 413 } };
    const { deliver, sizes } = setUp([tooLarge, tooLarge, tooLarge]);
    expect((await deliver(["a", "b", "c", "d"])).fates).toEqual([
      "quarantined: opensearch 413",
      "delivered",
      "delivered",
      "delivered",
    ]);
    expect(sizes()).toEqual([4, 2, 1, 1, 2]);
  });

  it("keeps requests within the bound, and quarantines a document beyond it", async () => {
    const { store, deliver } = setUp([], { maxRequestBytes: 2_000 });
    const { fates } = await deliver([..."abcdefghij", "x".repeat(2_000)]);
    expect(fates).toEqual([...Array(10).fill("delivered"), "quarantined: opensearch document too large"]);
    const sizes = store.requests.map(({ bytes }) => bytes);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2_000);
    // As few requests as the bound allows.
    expect(sizes).toHaveLength(Math.ceil(10 / Math.floor(2_000 / (sizes[0] / store.requests[0].actions.length))));
  });

  it("sends a document that the mapping refuses once more, without the field that was named", async () => {
    const reason = "failed to parse field [message] of type [long] in document with id '1'. Preview: 'a'";
    const { store, deliver, sizes, pauses } = setUp([refuse(0, 400, "mapper_parsing_exception", reason)]);
    const { batch, fates } = await deliver(["a", "b"]);
    expect(fates).toEqual(["delivered", "delivered"]);
    expect(sizes()).toEqual([2, 1]);
    expect(pauses).toEqual([]);
    const stored = store.documents.get(`belfry-app.text-2026.11.22/${batch.idOf(0)}`) ?? "";
    expect(JSON.parse(stored).belfry).toEqual({ id: batch.idOf(0), set_aside: ['message="a"'] });
    expect(JSON.parse(stored)).not.toHaveProperty("message");
  });

  it("quarantines a document that is refused for the same field again", async () => {
    const again = refuse(0, 400, "mapper_parsing_exception", "failed to parse field [message] of type [long]");
    const { deliver, sizes } = setUp([again, again]);
    expect((await deliver(["a"])).fates).toEqual(["quarantined: opensearch mapper_parsing_exception"]);
    expect(sizes()).toEqual([1, 1]);
  });

  it("quarantines what is wrong with a document besides its fields", async () => {
    const { deliver, logged } = setUp([refuse(0, 400, "invalid_index_name_exception", "must be lowercase")]);
    expect((await deliver(["a", "b"])).fates).toEqual([
      "quarantined: opensearch invalid_index_name_exception",
      "delivered",
    ]);
    expect(logged).toHaveLength(1);
  });

  it("moves three fields aside, one after each refusal, before it gives a document up", async () => {
    const fields = ["message", "ecs.version", "cloud.region", "cloud.provider"];
    const refusals = fields.map((field) =>
      refuse(0, 400, "mapper_parsing_exception", `failed to parse field [${field}]`),
    );
    const { deliver, sizes } = setUp(refusals);
    expect((await deliver(["a"])).fates).toEqual(["quarantined: opensearch mapper_parsing_exception"]);
    expect(sizes()).toEqual([1, 1, 1, 1]);
    const three = setUp(refusals.slice(0, 3));
    const { batch, fates } = await three.deliver(["a"]);
    expect(fates).toEqual(["delivered"]);
    const stored = JSON.parse(three.store.documents.get(`belfry-app.text-2026.11.22/${batch.idOf(0)}`) ?? "");
    expect(stored.belfry.set_aside).toHaveLength(3);
  });

  it("leaves an item that it may not write to be retried later, without insisting", async () => {
    const { deliver, sizes } = setUp([refuse(0, 403, "cluster_block_exception", "index read-only")]);
    expect((await deliver(["a", "b"])).fates).toEqual(["retry: opensearch 403", "delivered"]);
    expect(sizes()).toEqual([2]);
  });

  it("copies a document that ends where the buffer does", async () => {
    const { store, sink } = setUp();
    const batch = routedBatch(["search"], ["a"]);
    batch.documents = Buffer.from(new Uint8Array(Buffer.from('{"a":12}\n')).buffer);
    [batch.documentStart[0], batch.documentEnd[0]] = [0, 9];
    await sink.write(batch, [0], { signal: NEVER });
    expect([...store.documents.values()]).toEqual(['{"a":12}']);
  });

  it("finds the one document that fails a whole request", async () => {
    const { store, deliver } = setUp();
    store.otherwise = { items: () => undefined };
    const poison = { whole: { status: 400, type: "parse_exception", reason: "not understood" } };
    const sink = openSearchSink({
      name: "search",
      send: async ({ headers, body = new Uint8Array() }) => {
        if (Buffer.from(body).includes('"poison"')) store.script(poison);
        return store.answer(headers, body);
      },
      compress: false,
      clock: { now: () => NOW_MS },
      random: () => 0,
      sleep: async () => undefined,
    });
    const messages = Array.from({ length: 500 }, (_, i) => (i === 321 ? "poison" : `m${i}`));
    const batch = routedBatch(["search"], messages);
    await sink.write(batch, allRecords(batch), { signal: NEVER });
    const fates = fatesAt(batch, "search");
    expect(fates[321]).toBe("quarantined: opensearch parse_exception");
    expect(fates.filter((fate) => fate === "delivered")).toHaveLength(499);
    expect(store.requests.length).toBeLessThan(25);
    expect((await deliver(["a"])).fates).toEqual(["delivered"]);
  });

  it.each([401, 403, 404])(
    "leaves records to be retried later at %i, without insisting, and logs it",
    async (status) => {
      const { deliver, sizes, logged, pauses } = setUp([{ whole: { status } }]);
      expect((await deliver(["a"])).fates).toEqual([`retry: opensearch ${status}`]);
      expect([sizes(), pauses, logged.length]).toEqual([[1], [], 1]);
    },
  );

  it("does not blame documents for a cluster that may open no more shards", async () => {
    const reason =
      "Validation Failed: 1: this action would add [2] total shards, but this cluster currently has [1000]/[1000] maximum shards open;";
    const { deliver } = setUp([refuse(0, 400, "illegal_argument_exception", reason)]);
    expect((await deliver(["a"])).fates).toEqual(["retry: opensearch shard limit"]);
  });

  it("spares a failing service the rest of a round", async () => {
    const down: Script = { whole: { status: 503 } };
    const { deliver, sizes } = setUp([down, down, down], { maxRequestBytes: 500 });
    const { fates } = await deliver(["a", "b", "c"]);
    expect(fates).toEqual(Array(3).fill("retry: opensearch 503"));
    expect(sizes()).toHaveLength(3);
  });

  it("leaves everything unsettled to be retried when the invocation's time is up", async () => {
    const controller = new AbortController();
    const send: SendHttp = async (_request, signal) => {
      controller.abort();
      throw new BelfryError("UNAVAILABLE", "no answer", { cause: signal?.reason });
    };
    const { deliver } = setUp([], { send });
    expect((await deliver(["a", "b"], controller.signal)).fates).toEqual(Array(2).fill("retry: deadline"));
    expect((await deliver(["a"], controller.signal)).fates).toEqual(["retry: deadline"]);
  });

  it("compresses bodies that are worth it", async () => {
    const { store, deliver } = setUp();
    await deliver(["a"]);
    await deliver(["a".repeat(2_000)]);
    expect(store.requests.map(({ compressed }) => compressed)).toEqual([false, true]);
  });
});
