import type { Due } from "@belfry/core/event/due";
import { timerHandler } from "@belfry/functions/alert/timer";
import type { SQSEvent } from "aws-lambda";
import { beforeEach, expect, it } from "vitest";
import { LambdaWorld } from "../../../support/lambda-world.ts";
import { lambdaContext } from "../../../support/memory-runtime.ts";

let world: LambdaWorld;

beforeEach(() => {
  world = new LambdaWorld({ config: {} });
});

async function look(...dues: readonly (Partial<Due> | string)[]) {
  const Records = dues.map((due, i) => ({
    messageId: `m${i}`,
    body: typeof due === "string" ? due : JSON.stringify(due),
  }));
  const answer = await timerHandler(world.runtime())({ Records } as unknown as SQSEvent, lambdaContext());
  return answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

const sent = (queue: "timers" | "outbox" | "corrections") =>
  world.queues[queue].map(({ body, visibleAt }) => [JSON.parse(body).key, visibleAt - world.nowMs]);

it("sends on what is early, and what belongs to others", async () => {
  const at = world.nowMs + 3_600_000;
  const early: Due = { kind: "group", key: "g", at };
  const others: Due[] = [
    { kind: "outbox", key: "inbox", at: world.nowMs },
    { kind: "correction", key: "c", at: world.nowMs },
  ];
  expect(await look(early, ...others)).toEqual([]);
  expect([sent("timers"), sent("outbox"), sent("corrections")]).toEqual([[["g", 900_000]], [["inbox", 0]], [["c", 0]]]);
});

it("looks at what is due, whether or not it is there any more", async () => {
  const kinds = ["group", "incident", "recheck", "health"] as const;
  expect(await look(...kinds.map((kind) => ({ kind, key: "k", at: 0 })))).toEqual([]);
});

it("asks for those again that it could not look at", async () => {
  expect(await look("no JSON", { kind: "group", key: "g", at: 0 }, { kind: "group" })).toEqual(["m0", "m2"]);
});

it("finds each minute what was forgotten", async () => {
  await world.table.put({ pk: "outbox#inbox", sk: "x" }, {}, new AbortController().signal);
  expect(await timerHandler(world.runtime())({ sweep: true }, lambdaContext())).toBeNull();
  expect(sent("outbox")).toEqual([["inbox", 0]]);
});
