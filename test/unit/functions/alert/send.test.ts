import { readInbox } from "@belfry/core/alerts/channels/inbox";
import { outboxWrites } from "@belfry/core/alerts/outbox-row";
import { sendHandler } from "@belfry/functions/alert/send";
import type { SQSEvent } from "aws-lambda";
import { beforeEach, expect, it } from "vitest";
import { LambdaWorld, type LambdaWorldOptions } from "../../../support/lambda-world.ts";
import { lambdaContext } from "../../../support/memory-runtime.ts";
import { NOW_MS, notificationOf } from "../../../support/notifications.ts";

const { signal } = new AbortController();
const LINKS = { BELFRY_RESPOND_URL: "https://respond.example/", BELFRY_LINK_SECRET: "env:LINK" };
let world: LambdaWorld;

function begin(options: Partial<LambdaWorldOptions> = {}): void {
  world = new LambdaWorld({ config: {}, now: NOW_MS, env: LINKS, secrets: { "env:LINK": "secret" }, ...options });
}
beforeEach(() => begin());

async function send(...channels: readonly string[]) {
  const Records = channels.map((key, i) => ({
    messageId: `m${i}`,
    body: JSON.stringify({ kind: "outbox", key, at: 0 }),
  }));
  const answer = await sendHandler(world.runtime())({ Records } as unknown as SQSEvent, lambdaContext());
  return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

const owe = (channel: string) => world.table.transact(outboxWrites(notificationOf(), [channel], NOW_MS), signal);
const urls = async () =>
  (await readInbox(world.table, "", signal)).flatMap(({ actions }) => actions.map(({ url }) => url));

it("says what a channel has to say, with signed links", async () => {
  await owe("inbox");
  expect(await send("inbox")).toEqual([]);
  expect(await urls()).toEqual(Array(3).fill(expect.stringMatching(/^https:\/\/respond\.example\/\?token=/)));
  expect(world.queues.outbox).toEqual([]);
});

it("says it without links where nobody would answer, or their secret cannot be read", async () => {
  begin({ env: {} });
  await owe("inbox");
  expect(await send("inbox")).toEqual([]);
  expect(await urls()).toEqual([undefined, undefined, undefined]);
  begin({ fault: (call) => (call === "secret" ? new Error("no secret") : undefined) });
  await owe("inbox");
  expect(await send("inbox")).toEqual([]);
  expect(await urls()).toEqual([undefined, undefined, undefined]);
});

it("comes back soon for what could not be said, and leaves what is later to the sweep", async () => {
  begin({ config: { channels: { ops: { type: "sns", fallback: "inbox" } } } });
  await owe("ops");
  expect(await send("ops")).toEqual([]);
  // It has no topic: the fall-back is told at once.
  expect(world.queues.outbox.map(({ body }) => JSON.parse(body).key)).toEqual(["inbox"]);
});

it("keeps what a channel has to say that is not configured any more", async () => {
  await owe("gone");
  expect(await send("gone", "inbox")).toEqual(["m0"]);
  expect(JSON.stringify(world.logged)).toContain("there is no channel gone any more");
});
