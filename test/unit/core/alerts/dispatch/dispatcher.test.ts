import { dueTimers, putTimers } from "@belfry/core/alerts/dispatch/timers";
import { describe, expect, it } from "vitest";
import { CONFIG, HOUR_MS, lastHandle, opened, take } from "../../../../support/dispatch-team.ts";
import { DispatchWorld, START_MS } from "../../../../support/dispatch-world.ts";
import { MINUTE_MS, SECOND_MS } from "../../../../support/group-run.ts";

describe("a page's life", () => {
  it("is told after the group's wait, escalated, taken by a person everywhere, and over", async () => {
    const { world, handle } = await opened();
    expect(world.heard()).toEqual(["slack opened open!", "pager opened open!"]);
    await world.until(START_MS + 11 * MINUTE_MS);
    expect(world.said.map(({ lines }) => lines)).toContainEqual(["Escalated to Ann Lee"]);
    expect(world.heard()).toEqual(["ann-phone opened open!", "slack reminder open!"]);
    expect(await world.dispatcher.act(handle, { kind: "acknowledge", by: "ann" }, world.signal)).toBe("done");
    await world.until(START_MS + 12 * MINUTE_MS);
    expect(world.said.every(({ lines }) => lines[0] === "Acknowledged by Ann Lee")).toBe(true);
    expect(world.heard().sort()).toEqual([
      "ann-phone updated acknowledged",
      "pager updated acknowledged",
      "slack updated acknowledged",
    ]);
    await world.until(START_MS + 100 * MINUTE_MS);
    expect(world.heard().sort()).toEqual(["pager reminder acknowledged!", "slack reminder acknowledged!"]);
    await take(world, { status: "resolved" });
    await world.until(world.nowMs + 10 * MINUTE_MS);
    expect(world.heard().sort()).toEqual([
      "ann-phone resolved resolved",
      "pager resolved resolved",
      "slack resolved resolved",
    ]);
    expect(await world.incidents.open(10, world.signal)).toEqual([]);
    expect(await world.dispatcher.act(handle, { kind: "acknowledge", by: "ann" }, world.signal)).toBe("not-open");
  });

  it("has notifications in one order on each channel, even where a clock goes back", async () => {
    const { world, handle } = await opened();
    world.nowMs -= 10 * SECOND_MS;
    await world.dispatcher.act(handle, { kind: "acknowledge", by: "ann" }, world.signal);
    await world.until(START_MS + 30 * MINUTE_MS);
    const slack = world.said.filter(({ channel }) => channel === "slack");
    expect(slack.map(({ status }) => status)).toEqual(["open", "acknowledged"]);
    expect(slack[1]?.at).toBe(slack[0]?.at);
    expect(slack[1]?.sequence).toBeGreaterThan(slack[0]?.sequence ?? 0);
    expect(new Set(slack.map(({ dedupKey, incidentKey }) => dedupKey + incidentKey)).size).toBe(1);
  });

  it("goes on after a snooze, and whoever acts on what has changed is told to look again", async () => {
    const { world, handle } = await opened();
    world.heard();
    const untilMs = START_MS + 30 * MINUTE_MS;
    const act = (input: Parameters<typeof world.dispatcher.act>[1]) =>
      world.dispatcher.act(handle, input, world.signal);
    expect(await act({ kind: "snooze", by: "bob", untilMs, version: 1 })).toBe("done");
    expect(await act({ kind: "acknowledge", by: "ann", version: 1 })).toBe("stale");
    expect(await act({ kind: "snooze", by: "bob", untilMs: 0 })).toBe("bad-time");
    await world.until(START_MS + 20 * MINUTE_MS);
    expect(world.said[0]?.lines).toEqual(["Snoozed by bob until 2026-11-22 12:30 UTC"]);
    expect(world.heard().sort()).toEqual(["pager updated snoozed", "slack updated snoozed"]);
    await world.until(untilMs);
    expect(world.said[0]?.lines).toEqual(["Its snooze has ended"]);
    expect(world.heard().sort()).toEqual(["pager reminder open!", "slack reminder open!"]);
    expect(await world.dispatcher.act("0123456789abcdef", { kind: "resolve", by: "ann" }, world.signal)).toBe(
      "unknown-incident",
    );
  });

  it("does not page at once again what somebody resolves while it fires, but does after the time of a repeat", async () => {
    const { world, handle } = await opened();
    await world.dispatcher.act(handle, { kind: "acknowledge", by: "ann" }, world.signal);
    await world.until(START_MS + 5 * HOUR_MS);
    world.heard();
    await world.dispatcher.act(handle, { kind: "resolve", by: "ann" }, world.signal);
    await world.until(world.nowMs + 3 * HOUR_MS);
    expect(world.heard().sort()).toEqual(["pager resolved resolved", "slack resolved resolved"]);
    await world.until(world.nowMs + 61 * MINUTE_MS);
    expect(world.heard().sort()).toEqual(["pager opened open!", "slack opened open!"]);
    expect(await lastHandle(world)).not.toBe(handle);
    expect(await world.incidents.recent(10, world.signal)).toHaveLength(2);
  });
});

describe("what is due", () => {
  it("is put off when it comes early, and refused when it is somebody else's", async () => {
    const world = new DispatchWorld(CONFIG);
    const early = { kind: "group", key: "x", at: START_MS + 1 } as const;
    await world.dispatcher.due(early, world.signal);
    expect(world.dues).toEqual([early]);
    const foreign = { kind: "health", key: "x", at: 0 } as const;
    await expect(world.dispatcher.due(foreign, world.signal)).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
  });

  it("is found by a sweep when it was not sent", async () => {
    let isDown = true;
    const world: DispatchWorld = new DispatchWorld(CONFIG, {
      ports: {
        sendDue: async (dues) => {
          if (isDown) throw new Error("no queue");
          world.dues.push(...dues);
        },
      },
    });
    await take(world, {});
    isDown = false;
    await world.dispatcher.sweep(["slack"], world.signal);
    expect(world.dues).toEqual([{ kind: "group", key: expect.any(String), at: START_MS + 30 * SECOND_MS }]);
    isDown = true;
    await world.until(START_MS + MINUTE_MS);
    isDown = false;
    await world.dispatcher.sweep(["slack", "pager", "mail"], world.signal);
    expect(world.dues.filter(({ kind }) => kind === "outbox").map(({ key }) => key)).toEqual(["slack", "pager"]);
  });

  it("is forgotten by a sweep when it is of corrective actions, and there are none any more", async () => {
    const world = new DispatchWorld(CONFIG);
    const due = { kind: "correction", key: "c", at: START_MS } as const;
    await putTimers(world.memory, [due], world.signal);
    await world.dispatcher.sweep([], world.signal);
    expect(world.dues).toEqual([]);
    expect(await dueTimers(world.memory, START_MS, 10, world.signal)).toEqual([]);
  });

  it("leaves no timer that was looked at", async () => {
    const { world } = await opened();
    await world.until(START_MS + 11 * MINUTE_MS);
    const timers = [...world.memory.items.values()].filter(({ pk }) => pk.startsWith("timers#"));
    expect(timers.every(({ sk }) => Number(sk.split("#")[0]) > world.nowMs)).toBe(true);
    expect(timers.length).toBeGreaterThan(0);
  });
});

it("counts notifications, incidents, and how soon somebody takes one", async () => {
  const counted: unknown[] = [];
  const metrics = {
    count: (...args: unknown[]) => void counted.push(args),
    duration: (...args: unknown[]) => void counted.push(args),
    flush: () => undefined,
  };
  const { world, handle } = await opened({ ports: { metrics } });
  world.nowMs += MINUTE_MS;
  await world.dispatcher.act(handle, { kind: "acknowledge", by: "ann" }, world.signal);
  expect(counted).toEqual([
    ["Notifications", 2, { Kind: "opened" }],
    ["IncidentsOpened", 1],
    ["Notifications", 2, { Kind: "updated" }],
    ["TimeToAcknowledge", MINUTE_MS],
  ]);
});

describe("incidents", () => {
  it("are found by the beginning of their handle, and listed with all that was said of them", async () => {
    const { world, handle } = await opened();
    await take(world, { key: "b", labels: { service: "web" } });
    await world.until(START_MS + 2 * MINUTE_MS);
    const find = async (text: string) => (await world.incidents.find(text, world.signal)).map((row) => row.handle);
    expect(await find(handle.slice(0, 4).toUpperCase())).toEqual([handle]);
    expect(await find(handle.slice(0, 3))).toEqual([]);
    expect(await find("nothing!")).toEqual([]);
    const [latest, first] = await world.incidents.recent(10, world.signal);
    expect(await world.incidents.open(1, world.signal)).toEqual([latest]);
    expect(latest).toMatchObject({ title: "alarm b", severity: "error", group: { labels: { service: "web" } } });
    expect(first).toMatchObject({ handle, total: 1, alerts: [{ key: "a" }], told: { receiver: ["slack", "pager"] } });
    if (first === undefined) throw new Error("no incident");
    const receipts = await world.incidents.receipts(first, world.signal);
    expect(receipts.map(({ channel, kind, state }) => `${channel} ${kind} ${state}`).sort()).toEqual([
      "pager opened delivered",
      "slack opened delivered",
    ]);
  });

  it("are forgotten 90 days after their end", async () => {
    const { world, handle } = await opened();
    const rows = () => [...world.memory.items.values()].filter(({ pk, sk }) => sk === handle || pk === "incidents");
    expect(rows().map(({ expires }) => expires)).toEqual([undefined, undefined]);
    await world.dispatcher.act(handle, { kind: "resolve", by: "ann" }, world.signal);
    const expires = (world.nowMs + 90 * 24 * HOUR_MS) / 1000;
    expect(rows().map((row) => row.expires)).toEqual([expires, expires]);
  });
});

describe("silences", () => {
  const silence = {
    id: "s1",
    matchers: [{ name: "service", operator: "=", value: "db" }],
    startsAt: START_MS,
    endsAt: START_MS + 10 * HOUR_MS,
    createdBy: "ann",
    comment: "",
  } as const;

  it("keep alerts quiet until they end, and then these are told after the group's wait", async () => {
    const world = new DispatchWorld(CONFIG);
    await world.silences.put(silence, world.signal);
    await take(world, {});
    await take(world, { key: "b", labels: { service: "web" } });
    await world.until(START_MS + 2 * HOUR_MS + MINUTE_MS);
    expect(new Set(world.said.map(({ title }) => title))).toEqual(new Set(["alarm b"]));
    world.heard();
    expect(await world.silences.expire("s1", world.signal)).toMatchObject({ endsAt: world.nowMs });
    await world.until(world.nowMs + 30 * SECOND_MS);
    expect(world.heard()).toEqual(["slack opened open!", "pager opened open!"]);
    expect(await world.silences.list(world.signal)).toMatchObject([{ id: "s1" }]);
    expect(await world.silences.expire("s2", world.signal)).toBeUndefined();
  });

  it("that are made of an incident that is on keep it from escalating until they end", async () => {
    const { world } = await opened();
    world.heard();
    await world.silences.put({ ...silence, startsAt: world.nowMs }, world.signal);
    await world.until(START_MS + 2 * HOUR_MS);
    expect(world.heard()).toEqual([]);
    await world.silences.expire("s1", world.signal);
    await world.until(world.nowMs + 6 * MINUTE_MS);
    expect(world.heard().sort()).toEqual(["ann-phone opened open!", "slack reminder open!"]);
  });

  it("that would never hold are refused", async () => {
    const world = new DispatchWorld(CONFIG);
    const over = { ...silence, endsAt: START_MS };
    await expect(world.silences.put(over, world.signal)).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
  });
});
