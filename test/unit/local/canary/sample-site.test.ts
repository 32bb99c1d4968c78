import { type SampleSite, startSampleSite } from "@belfry/local/canary/site/sample-site";
import { SITE_PASSWORD } from "@belfry/local/canary/site/shop-pages";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let site: SampleSite;
beforeAll(async () => {
  site = await startSampleSite();
});
afterAll(() => site.close());

async function text(path: string, origin = site.origin): Promise<string> {
  return (await fetch(origin + path)).text();
}

async function send(path: string, body: string | object, origin = site.origin): Promise<Response> {
  const isForm = typeof body === "string";
  return fetch(origin + path, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": isForm ? "application/x-www-form-urlencoded" : "application/json" },
    body: isForm ? body : JSON.stringify(body),
  });
}

test("lets in who knows the password, and nobody else", async () => {
  const good = await send("/login", new URLSearchParams({ user: "ada", password: SITE_PASSWORD }).toString());
  expect([good.status, good.headers.get("location")]).toEqual([303, "/account"]);
  const account = await fetch(`${site.origin}/account`, { headers: { cookie: good.headers.get("set-cookie") ?? "" } });
  expect(await account.text()).toContain("Welcome, Ada");
  expect((await send("/login", "user=ada&password=guess")).status).toBe(403);
  expect((await fetch(`${site.origin}/account`)).status).toBe(401);
});

test("takes orders, gives them back, and forgets those that are deleted", async () => {
  const made = (await (await send("/api/orders", { item: "lamp", quantity: 2 })).json()) as { id: number };
  const url = `${site.origin}/api/orders/${made.id}`;
  expect(await (await fetch(url)).json()).toEqual({ ...made, item: "lamp", quantity: 2 });
  expect((await fetch(url, { method: "DELETE" })).status).toBe(204);
  expect((await fetch(url)).status).toBe(404);
  expect((await send("/api/orders", { item: "lamp" })).status).toBe(400);
  expect((await send("/api/orders", "no JSON")).status).toBe(400);
});

describe("the broken one", () => {
  test("answers pages of the same paths, with something wrong", async () => {
    expect(await text("/")).toContain("All lamps are lit");
    expect(await text("/", site.brokenOrigin)).toContain("something went wrong");
    expect(await text("/poster", site.brokenOrigin)).not.toBe(await text("/poster"));
    expect((await send("/api/orders", { item: "lamp", quantity: 1 }, site.brokenOrigin)).status).toBe(500);
    await expect(text("/api/health", site.brokenOrigin)).rejects.toThrow();
  });

  test("lends a page to the good one for a while", async () => {
    site.setBroken("/", true);
    expect(await text("/")).toContain("something went wrong");
    site.setBroken("/", false);
    expect(await text("/")).toContain("All lamps are lit");
  });
});

test("says which port is taken", async () => {
  const good = Number(new URL(site.origin).port);
  await expect(startSampleSite({ good })).rejects.toThrow(/^the sample site cannot be served: .*EADDRINUSE/);
});
