import http from "node:http";
import type { AddressInfo } from "node:net";
import { openSearchSender } from "@belfry/core/platform/clients";
import { BelfryError } from "@belfry/core/platform/errors";
import { httpSender, type SendHttp } from "@belfry/core/platform/http";
import { setUpHandler } from "@belfry/functions/search/setup";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FakeOpenSearch, fakeOpenSearch } from "../../../support/fake-opensearch.ts";
import { lambdaContext } from "../../../support/memory-runtime.ts";
import { type MemoryTaskRuntime, taskRuntime } from "../../../support/task-runtime.ts";

/** What is put at the URL that CloudFormation gives; answers with these statuses, and then with 200. */
async function waitingStack(statuses: number[] = []) {
  const answers: Record<string, unknown>[] = [];
  const requests: { method: string; url: string; type: string | undefined }[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      requests.push({ method, url, type: headers["content-type"] });
      const status = statuses.shift() ?? 200;
      if (status === 200) answers.push(JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    answers,
    requests,
    url: `${origin}/arn%3Aaws%3Acloudformation/stack?X-Amz-Signature=abc%2F1&Expires=2`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

let fake: FakeOpenSearch;
let stack: Awaited<ReturnType<typeof waitingStack>>;
beforeEach(async () => {
  fake = await fakeOpenSearch();
  fake.plugins = true;
  stack = await waitingStack();
});
afterEach(async () => {
  await fake.close();
  await stack.close();
});

const LOOPBACK = { openSearch: openSearchSender, answer: (origin: URL) => httpSender(origin) };

function set(env: Record<string, string> = {}, openSearch?: SendHttp) {
  const runtime = taskRuntime({ env: { OPENSEARCH_URL: fake.url, BELFRY_SEARCH_SERVICE: "none", ...env } });
  const calls = {
    openSearch: (endpoint: string) => openSearch ?? LOOPBACK.openSearch(endpoint, { service: "none" }),
    answer: LOOPBACK.answer,
  };
  return { runtime, handler: setUpHandler(runtime, calls) };
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
function request(RequestType: string, more: object = {}): object {
  return {
    RequestType,
    ResponseURL: stack.url,
    StackId: "arn:aws:cloudformation:eu-central-1:111122223333:stack/belfry-prod-Search/1",
    RequestId: "11111111-2222-3333-4444-555555555555",
    ResourceType: "Custom::BelfrySearchSetup",
    LogicalResourceId: "SearchSetup",
    ResourceProperties: { ServiceToken: "arn:aws:lambda:eu-central-1:111122223333:function:belfry-prod-search-setup" },
    ...more,
  };
}

describe("the set-up of a search cluster, asked for by CloudFormation", () => {
  it("puts templates, policies and the writer's role, and says so at the URL", async () => {
    const { handler } = set({ BELFRY_WRITER_ROLE: "arn:aws:iam::111122223333:role/writer" });
    await handler(request("Create"), lambdaContext());
    expect(stack.requests).toEqual([
      { method: "PUT", url: new URL(stack.url).pathname + new URL(stack.url).search, type: "" },
    ]);
    expect(stack.answers).toEqual([
      {
        Status: "SUCCESS",
        Data: { Templates: "6", Policies: "5", Roles: "belfry-writer", Notes: "" },
        PhysicalResourceId: "belfry-search-setup",
        StackId: "arn:aws:cloudformation:eu-central-1:111122223333:stack/belfry-prod-Search/1",
        RequestId: "11111111-2222-3333-4444-555555555555",
        LogicalResourceId: "SearchSetup",
      },
    ]);
  });

  it("does the same again on an update, under the same physical id", async () => {
    const { handler } = set();
    await handler(request("Create"), lambdaContext());
    const first = fake.puts.splice(0);
    await handler(request("Update", { PhysicalResourceId: "belfry-search-setup" }), lambdaContext());
    expect(fake.puts).toEqual(first);
    expect(stack.answers.map(({ PhysicalResourceId }) => PhysicalResourceId)).toEqual([
      "belfry-search-setup",
      "belfry-search-setup",
    ]);
  });

  it("leaves everything as it is when the resource is deleted", async () => {
    const { handler } = set({ OPENSEARCH_URL: "" });
    await handler(request("Delete", { PhysicalResourceId: "belfry-search-setup" }), lambdaContext());
    expect(stack.answers).toMatchObject([{ Status: "SUCCESS" }]);
    expect(fake.puts).toEqual([]);
  });

  it("says what a cluster lacks, and that is no failure", async () => {
    fake.plugins = false;
    const { handler, runtime } = set();
    await handler(request("Create"), lambdaContext());
    expect(stack.answers).toMatchObject([
      { Status: "SUCCESS", Data: { Policies: "0", Notes: expect.stringContaining("plugin is not there") } },
    ]);
    expect(warnings(runtime)).toEqual([expect.stringContaining("plugin is not there")]);
  });

  it("waits for a cluster that is not there yet", async () => {
    fake.faults.push("reset", "reset", "reset");
    const { handler, runtime } = set();
    const start = runtime.clock.now();
    await handler(request("Create"), lambdaContext());
    expect(stack.answers).toMatchObject([{ Status: "SUCCESS" }]);
    expect(runtime.clock.now() - start).toBeGreaterThan(3000);
  });

  it.each([
    ["a configuration that is missing", { OPENSEARCH_URL: "" }, "OPENSEARCH_URL is not set"],
    ["a service that is none", { BELFRY_SEARCH_SERVICE: "s3" }, "BELFRY_SEARCH_SERVICE is one of es, aoss, none"],
  ])("answers a failure for %s", async (_, env, reason) => {
    await set(env).handler(request("Create"), lambdaContext());
    expect(stack.answers).toMatchObject([{ Status: "FAILED", Reason: expect.stringContaining(reason) }]);
  });

  it("answers a failure for what the cluster refuses, however long its reason", async () => {
    const body = Buffer.from(JSON.stringify({ error: { reason: "x".repeat(10_000) } }));
    const { handler } = set({}, async () => ({ status: 400, body }));
    await handler(request("Create"), lambdaContext());
    const [answer] = stack.answers;
    expect(answer).toMatchObject({ Status: "FAILED", Reason: expect.stringContaining("opensearch answered 400") });
    expect(JSON.stringify(answer).length).toBeLessThan(4096);
  });

  it("answers a failure before its time is over when the cluster hangs", async () => {
    const { handler } = set({}, () => new Promise(() => undefined));
    await handler(request("Create"), lambdaContext(200));
    expect(stack.answers).toMatchObject([{ Status: "FAILED", Reason: expect.stringContaining("function's time") }]);
  });

  it("answers a failure before its time is over when the cluster never lets anybody in", async () => {
    const body = Buffer.from('{"error":{"reason":"no permissions"}}');
    const { handler, runtime } = set({}, async () => ({ status: 403, body }));
    const patient = { ...runtime, sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms / 1000)) };
    const calls = { openSearch: () => async () => ({ status: 403, body }), answer: LOOPBACK.answer };
    await setUpHandler(patient, calls)(request("Create"), lambdaContext(400));
    await handler(request("Delete"), lambdaContext());
    expect(stack.answers).toMatchObject([
      { Status: "FAILED", Reason: expect.stringMatching(/no permissions|function's time/) },
      { Status: "SUCCESS" },
    ]);
  });

  it("answers a failure for a kind of request that it does not know", async () => {
    await set().handler(request("Rename"), lambdaContext());
    expect(stack.answers).toMatchObject([{ Status: "FAILED", Reason: expect.stringContaining("Rename") }]);
  });

  it("tries again when its answer does not get through, and raises an error in the end", async () => {
    const deaf = await waitingStack([503, 500]);
    const { handler } = set();
    await handler(request("Create", { ResponseURL: deaf.url }), lambdaContext());
    expect(deaf.answers).toMatchObject([{ Status: "SUCCESS" }]);
    expect(deaf.requests).toHaveLength(3);
    await deaf.close();
    const failed = handler(request("Create", { ResponseURL: deaf.url }), lambdaContext());
    await expect(failed).rejects.toMatchObject({ code: "UNAVAILABLE", message: /cannot answer CloudFormation/ });
  });
});

describe("the set-up of a search cluster, invoked directly", () => {
  it("answers with the report", async () => {
    const report = await set().handler({}, lambdaContext());
    expect(report).toMatchObject({ templates: expect.arrayContaining(["belfry-app.text"]), notes: [], expired: [] });
  });

  it("deletes old indices of a serverless collection, and not when it is deployed", async () => {
    const calls: string[] = [];
    const collection: SendHttp = async ({ method, path }) => {
      calls.push(`${method} ${path}`);
      const indices = [{ name: "belfry-app.text-2026.01.01" }, { name: "belfry-app.text-2026.11.22" }];
      return { status: 200, body: Buffer.from(JSON.stringify({ indices })) };
    };
    const { handler } = set({ BELFRY_SEARCH_SERVICE: "aoss" }, collection);
    await handler(request("Create"), lambdaContext());
    expect(calls.filter((call) => !call.startsWith("PUT /_index_template/"))).toEqual([]);
    expect(await handler({}, lambdaContext())).toMatchObject({ expired: ["belfry-app.text-2026.01.01"] });
    expect(calls.at(-1)).toBe("DELETE /belfry-app.text-2026.01.01");
  });

  it("raises what went wrong", async () => {
    const down: SendHttp = () => Promise.reject(new BelfryError("UNAVAILABLE", "down"));
    await expect(set({}, down).handler({}, lambdaContext())).rejects.toThrow("down");
  });
});

function warnings({ logged }: MemoryTaskRuntime): unknown[] {
  return logged.filter(({ level }) => String(level).toLowerCase() === "warn").map(({ message }) => message);
}
