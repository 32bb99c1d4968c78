import type { OnCallInput } from "@belfry/core/config/oncall/schema";
import { expect, it } from "vitest";
import { DispatchWorld, START_MS } from "../../../../support/dispatch-world.ts";
import { alertAt, MINUTE_MS, SECOND_MS } from "../../../../support/group-run.ts";

const CONFIG: OnCallInput = {
  route: { receiver: "team", groupBy: ["service"], groupWait: "30s", groupInterval: "5m", repeatInterval: "4h" },
  receivers: { team: { channels: ["slack"], sendResolved: false, escalation: "chain" } },
  people: { ann: { channels: ["phone"] } },
  escalations: { chain: { steps: [{ person: "ann" }, { wait: "5m", channel: "war-room" }] } },
};

const labels = { service: "db" };

async function opened(over: Partial<OnCallInput> = {}): Promise<DispatchWorld> {
  const world = new DispatchWorld({ ...CONFIG, ...over });
  await world.dispatcher.take([alertAt(START_MS, { labels })], world.signal);
  await world.until(START_MS + 30 * SECOND_MS);
  return world;
}

it("says one thing to a channel of all that one moment brings", async () => {
  const people = { ann: { channels: ["slack", "phone"] } };
  const world = await opened({ people });
  expect(world.said.map(({ lines }) => lines)).toEqual([["Escalated to ann"], ["Escalated to ann"]]);
  expect(new Set(world.said.map(({ dedupKey }) => dedupKey)).size).toBe(1);
  expect(world.heard().sort()).toEqual(["phone opened open!", "slack opened open!"]);
});

it("tells the source's end to who was paged, and not to a receiver that does not want it", async () => {
  const world = await opened();
  await world.until(START_MS + 6 * MINUTE_MS);
  expect(world.heard()).toEqual(["slack opened open!", "phone opened open!", "war-room opened open!"]);
  await world.dispatcher.take([alertAt(world.nowMs, { labels, status: "resolved" })], world.signal);
  await world.until(world.nowMs + 10 * MINUTE_MS);
  expect(world.heard().sort()).toEqual(["phone resolved resolved", "war-room resolved resolved"]);
});

it("tells nothing more by a channel that the configuration has no more", async () => {
  const world = await opened();
  const next = new DispatchWorld(CONFIG, { memory: world.memory, ports: { isChannel: (name) => name !== "phone" } });
  next.nowMs = world.nowMs;
  const [row] = await next.incidents.open(1, next.signal);
  await next.dispatcher.act(row?.handle ?? "", { kind: "acknowledge", by: "ann" }, next.signal);
  await next.until(next.nowMs + MINUTE_MS);
  expect(next.heard()).toEqual(["slack updated acknowledged"]);
  expect(row?.told).toEqual({ receiver: ["slack"], paged: ["phone"] });
});

it("tells a person's end to all, and the group's own afterwards to nobody", async () => {
  const world = await opened();
  world.heard();
  const [row] = await world.incidents.open(1, world.signal);
  await world.dispatcher.act(row?.handle ?? "", { kind: "resolve", by: "ann" }, world.signal);
  await world.until(START_MS + MINUTE_MS);
  expect(world.said.map(({ lines, actions }) => [lines, actions])).toEqual([
    [["Resolved by ann"], []],
    [["Resolved by ann"], []],
  ]);
  expect(world.heard().sort()).toEqual(["phone resolved resolved", "slack resolved resolved"]);
  await world.dispatcher.take([alertAt(world.nowMs, { labels, status: "resolved" })], world.signal);
  await world.until(world.nowMs + 20 * MINUTE_MS);
  expect(world.heard()).toEqual([]);
});

it("tells what is new in a group that somebody has taken, and wakes nobody; what is worst comes first", async () => {
  const world = await opened();
  const [row] = await world.incidents.open(1, world.signal);
  await world.dispatcher.act(row?.handle ?? "", { kind: "acknowledge", by: "ann" }, world.signal);
  await world.until(START_MS + MINUTE_MS);
  world.heard();
  const worse = alertAt(world.nowMs, { key: "b", labels, severity: "critical" });
  await world.dispatcher.take([worse], world.signal);
  await world.until(START_MS + 10 * MINUTE_MS);
  expect(world.said.map(({ title, severity }) => [title, severity])).toEqual([["alarm b and 1 more", "critical"]]);
  expect(world.heard()).toEqual(["slack updated acknowledged"]);
});
