import { runApi } from "@belfry/core/canaries/kinds/api";
import { runScript } from "@belfry/core/canaries/kinds/script";
import type { RunnerPorts } from "@belfry/core/canaries/run";
import type { CanaryInput } from "@belfry/core/config/canaries/schema";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ranCanary, TEST_SECRETS } from "../support/canary-run.ts";
import { type FaultSite, startFaultSite } from "../support/fault-site.ts";

type ApiInput = Extract<CanaryInput, { kind: "api" }>;

let site: FaultSite;
beforeAll(async () => {
  site = await startFaultSite();
});
afterAll(() => site.close());
beforeEach(() => {
  site.requests.length = 0;
});

const ran = (steps: ApiInput["steps"], more: Partial<ApiInput> = {}, ports: Partial<RunnerPorts> = {}) =>
  ranCanary(
    { kind: "api", retries: { max: 0 }, secrets: { password: "env:PASSWORD", token: "env:TOKEN" }, ...more, steps },
    { kinds: { api: runApi }, lookup: site.lookup, roots: site.roots, ...ports },
  );
const paths = () => site.requests.map(({ method, path }) => `${method} ${path}`);

describe("an API canary", () => {
  test("hands on what an answer says, by JSONPath, header and expression", async () => {
    const { report } = await ran(
      [
        {
          name: "read",
          url: "${base}/ok",
          extract: [
            { name: "id", path: "$.items[0].id" },
            { name: "type", from: "header", header: "Content-Type", matches: "/(.*)", group: 1 },
            { name: "all", from: "body" },
          ],
        },
        {
          name: "write",
          url: "${base}/echo?id=${id}",
          method: "POST",
          headers: { "X-Type": "${type}" },
          body: { id: "${id}", all: "${all}" },
          assert: [
            { on: "json", path: "$.headers['x-type']", equals: "json" },
            { on: "json", path: "$.body", contains: '"id":"7"' },
            { on: "responseTimeMs", lessThan: 5000 },
          ],
        },
      ],
      { variables: { base: site.http } },
    );
    expect(report.failure).toBeUndefined();
    expect(paths()).toEqual(["GET /ok", "POST /echo?id=7"]);
    expect(JSON.parse(site.requests[1]?.body ?? "")).toMatchObject({ id: "7" });
    expect(report.requests).toMatchObject({ _2xx: 2 });
    expect(site.requests[0]?.headers["user-agent"]).toContain("Belfry");
    expect(site.requests[0]?.headers["user-agent"]).toContain("canary canary");
  });

  test("ends at the first step that fails, and still takes back what was made", async () => {
    const { report } = await ran([
      { name: "create", url: `${site.http}/ok`, extract: [{ name: "id", path: "$.items[0].id" }] },
      { name: "change", url: `${site.http}/error` },
      { name: "read", url: `${site.http}/ok` },
      { name: "delete", url: `${site.http}/echo?id=\${id}`, method: "DELETE", always: true },
    ]);
    expect(report.steps.map(({ status }) => status)).toEqual(["passed", "failed", "skipped", "passed"]);
    expect(report.failure).toEqual({
      class: "assertion",
      message: "change: the status is 500, expected: between [200,299]",
    });
    expect(paths().at(-1)).toBe("DELETE /echo?id=7");
  });

  test("does not take back what was not made", async () => {
    const { report } = await ran([
      { name: "create", url: `${site.http}/error`, extract: [{ name: "id", path: "$.id" }] },
      { name: "delete", url: `${site.http}/echo?id=\${id}`, always: true },
    ]);
    expect(report.steps.map(({ status }) => status)).toEqual(["failed", "skipped"]);
  });

  test("says what is not there", async () => {
    const { report } = await ran([
      { name: "read", url: `${site.http}/ok`, extract: [{ name: "total", path: "$.total" }] },
    ]);
    expect(report.failure).toMatchObject({
      class: "assertion",
      message: expect.stringContaining("nothing at $.total"),
    });
  });

  test("reads no more of a body than it may, and says so", async () => {
    const url = `${site.http}/large`;
    const { report } = await ran([{ name: "large", url, maxBodyBytes: 1000, assert: [{ on: "body", contains: "y" }] }]);
    expect(report.failure).toMatchObject({
      class: "assertion",
      message: expect.stringContaining("longer than 1000 bytes"),
    });
    expect((await ran([{ name: "large", url, maxBodyBytes: 1000 }])).report.outcome).toBe("passed");
  });

  test("is sent on as a browser is: POST becomes GET, 307 keeps it, another origin gets no credentials", async () => {
    const post = { method: "POST", body: "text", headers: { Authorization: "Bearer ${secret:token}" } } as const;
    await ran([
      { name: "a", url: `${site.http}/redirect-post`, ...post },
      { name: "b", url: `${site.http}/redirect-keep`, ...post },
    ]);
    expect(paths()).toEqual(["POST /redirect-post", "GET /echo", "POST /redirect-keep", "POST /echo"]);
    expect(site.requests[1]).toMatchObject({ body: "", headers: { authorization: expect.stringContaining("Bearer") } });
    expect(site.requests[3]).toMatchObject({ body: "text" });
    const { report } = await ran([
      { name: "c", url: `${site.http}/redirect`, redirects: 0, assert: [{ on: "status", equals: 302 }] },
    ]);
    expect(report.outcome).toBe("passed");
  });

  test("gives no secret to another origin, whatever the header is called, and no body that holds one", async () => {
    const url = `${site.http}/redirect-other`;
    const { report } = await ran([
      {
        name: "header",
        url,
        auth: { type: "api-key", header: "X-Shop", key: "${secret:token}" },
        headers: { "X-Plain": "plain", "X-Also": "key ${secret:password}" },
      },
      { name: "body", method: "POST", url, body: { item: "lamp" } },
    ]);
    expect(report.outcome).toBe("passed");
    expect(site.requests[0]?.headers).toMatchObject({ "x-shop": TEST_SECRETS["env:TOKEN"] });
    expect(site.requests[1]?.headers).toMatchObject({
      host: expect.stringContaining("other.test"),
      "x-plain": "plain",
    });
    expect(site.requests[1]?.headers).not.toHaveProperty("x-shop");
    expect(site.requests[1]?.headers).not.toHaveProperty("x-also");
    expect(site.requests[3]).toMatchObject({ path: "/echo", body: '{"item":"lamp"}' });

    site.requests.length = 0;
    const login = await ran([{ name: "login", method: "POST", url, body: { password: "${secret:password}" } }]);
    expect(login.report.failure).toMatchObject({ class: "target", message: expect.stringContaining("holds a secret") });
    expect(paths()).toEqual(["POST /redirect-other"]);
  });

  test("does not connect to the metadata service by any name", async () => {
    const lookup: RunnerPorts["lookup"] = (_hostname, _options, callback) =>
      callback(null, [{ address: "169.254.169.254", family: 4 }]);
    const { report } = await ran([{ name: "a", url: "http://innocent.test/" }], {}, { lookup });
    expect(report.failure).toMatchObject({ class: "canary", message: expect.stringContaining("169.254.169.254") });
  });

  test("sends the trace header to the hosts that it names, and to no other", async () => {
    const step = { name: "a", url: `${site.http}/ok` };
    const traceHeader = "Root=1-67891233-abcdef012345678912345678;Sampled=1";
    await ran([step], { trace: { hosts: ["localhost"] } }, { traceHeader });
    await ran([step], {}, { traceHeader });
    expect(site.requests.map(({ headers }) => headers["x-amzn-trace-id"])).toEqual([traceHeader, undefined]);
  });
});

describe("authorization", () => {
  const echoed = async (auth: NonNullable<ApiInput["steps"][number]["auth"]>, ports: Partial<RunnerPorts> = {}) => {
    const result = await ran(
      [{ name: "call", url: `${site.http}/echo`, auth }],
      { artifacts: { bodies: true } },
      ports,
    );
    return { ...result, headers: site.requests.at(-1)?.headers ?? {} };
  };

  test("is sent, and stands in no file", async () => {
    const password = TEST_SECRETS["env:PASSWORD"] ?? "";
    const pair = Buffer.from(`ada:${password}`).toString("base64");
    const basic = await echoed({ type: "basic", username: "ada", password: "${secret:password}" });
    expect(basic.headers.authorization).toBe(`Basic ${pair}`);
    const key = await echoed({ type: "api-key", key: "${secret:token}" });
    expect(key.headers["x-api-key"]).toBe(TEST_SECRETS["env:TOKEN"]);
    const bearer = await echoed({ type: "bearer", token: "plain-text-token" });
    expect(bearer.headers.authorization).toBe("Bearer plain-text-token");
    for (const { report, files } of [basic, key, bearer]) {
      expect(report.outcome).toBe("passed");
      const everything = JSON.stringify(report) + [...files.values()].join("");
      for (const leaked of [pair, password, "tok-4711-planted", "plain-text-token"])
        expect(everything).not.toContain(leaked);
    }
  });

  test.each(["header", "body"] as const)(
    "by client credentials in the %s asks for a token, and masks it",
    async (send) => {
      const tokenUrl = `${site.http}/token`;
      const { report, files, headers } = await echoed({
        type: "oauth",
        tokenUrl,
        clientId: "me",
        clientSecret: "${secret:token}",
        send,
      });
      expect(report.failure).toBeUndefined();
      expect(headers.authorization).toBe("Bearer granted-token-0815");
      expect([...files.values()].join("")).not.toMatch(/granted-token-0815|tok-4711-planted/);
    },
  );

  test("by AWS's signature is that of the port, and a fault of the canary where there is none", async () => {
    const auth = { type: "sigv4", service: "execute-api", region: "eu-west-1" } as const;
    const signed = await echoed(auth, {
      sign: async ({ headers }) => ({ ...headers, authorization: "AWS4-HMAC-SHA256 x" }),
    });
    expect(signed.headers).toMatchObject({ authorization: "AWS4-HMAC-SHA256 x" });
    expect((await echoed(auth)).report.failure?.class).toBe("canary");
  });
});

describe("a script", () => {
  const script = (canary: unknown) =>
    ranCanary(
      { kind: "script", entry: "a.ts", browser: false, retries: { max: 0 } },
      {
        kinds: { script: runScript },
        lookup: site.lookup,
        loadModule: async () => ({ canary }),
      },
    );

  test.each([
    ["returns", async () => undefined, undefined],
    ["raises an error of its own", async () => Promise.reject(new Error("the total is wrong")), "assertion"],
    ["makes a mistake", async () => Promise.reject(new TypeError("x is undefined")), "canary"],
    [
      "uses a page that there is not",
      async (context: { page: { url(): string } }) => void context.page.url(),
      "canary",
    ],
    ["is none", "text", "canary"],
  ])("that %s", async (_name, canary, expected) => {
    expect((await script(canary)).report.failure?.class).toBe(expected);
  });

  test("makes a step of a request that is in none", async () => {
    const { report } = await script(async ({ request }: { request: { get(url: string): Promise<unknown> } }) => {
      await request.get(`${site.http}/ok`);
    });
    expect(report.steps).toMatchObject([{ name: "GET /ok", status: "passed" }]);
  });
});
