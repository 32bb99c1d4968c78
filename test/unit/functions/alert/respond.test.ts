import { withActionLinks } from "@belfry/core/alerts/channels/action-link";
import { readInbox } from "@belfry/core/alerts/channels/inbox";
import { respondHandler } from "@belfry/functions/alert/respond";
import type { LambdaFunctionURLEvent } from "aws-lambda";
import { beforeEach, expect, it } from "vitest";
import { eventOf } from "../../../support/alert-events.ts";
import { LambdaWorld } from "../../../support/lambda-world.ts";
import { lambdaContext } from "../../../support/memory-runtime.ts";

const { signal } = new AbortController();
let world: LambdaWorld;

beforeEach(() => {
  world = new LambdaWorld({
    config: { channels: { slack: { type: "slack", token: "env:T", channel: "C024BE91L", signingSecret: "env:SIGN" } } },
    env: { BELFRY_LINK_SECRET: "env:LINK" },
    secrets: { "env:LINK": "secret", "env:SIGN": "signing" },
  });
});

async function ask(method: string, over: Partial<LambdaFunctionURLEvent> = {}) {
  const event = { version: "2.0", rawQueryString: "", headers: {}, requestContext: { http: { method } }, ...over };
  const answer = await respondHandler(world.runtime())(event as LambdaFunctionURLEvent, lambdaContext());
  return answer as { readonly statusCode: number; readonly body: string };
}

/** The token of a link in the page that an alarm leads to. */
async function tokenOf(action: string): Promise<string> {
  world.offer(
    eventOf("aws.cloudwatch", "CloudWatch Alarm State Change", { alarmName: "a", state: { value: "ALARM" } }),
  );
  await world.pass(2);
  const [page] = await readInbox(world.table, "", signal);
  if (page === undefined) throw new Error("nobody was paged");
  const { actions } = withActionLinks(page, "inbox", { endpoint: "https://respond.example/", secret: "secret" });
  return new URL(actions.find((each) => each.action === action)?.url ?? "").searchParams.get("token") ?? "";
}

it("lets a link acknowledge the incident that it came with, once", async () => {
  const token = await tokenOf("acknowledge");
  expect(await ask("GET", { rawQueryString: `token=${token}` })).toMatchObject({ statusCode: 200 });
  const body = Buffer.from(`token=${token}`).toString("base64");
  expect(await ask("POST", { body, isBase64Encoded: true })).toMatchObject({
    statusCode: 200,
    body: expect.stringContaining("The incident is acknowledged."),
  });
  expect((await ask("POST", { body: `token=${token}` })).statusCode).toBe(410);
  await world.pass(2);
  const kinds = (await readInbox(world.table, "", signal)).map(({ status }) => status);
  expect(kinds).toEqual(["open", "acknowledged"]);
});

it("does not know an incident that is not there", async () => {
  const token = await tokenOf("resolve");
  world.table.items.clear();
  expect((await ask("POST", { body: `token=${token}` })).statusCode).toBe(404);
});

it("refuses what neither Slack nor Belfry has signed", async () => {
  expect((await ask("GET", { rawQueryString: "token=a.b" })).statusCode).toBe(403);
  const headers = { "X-Slack-Signature": "v0=00", "X-Slack-Request-Timestamp": String(world.nowMs / 1000) };
  expect((await ask("POST", { headers, body: "payload=x" })).statusCode).toBe(401);
});

it("needs the secret of its links", () => {
  world = new LambdaWorld({ config: {} });
  expect(() => respondHandler(world.runtime())).toThrow("BELFRY_LINK_SECRET is not set");
});
