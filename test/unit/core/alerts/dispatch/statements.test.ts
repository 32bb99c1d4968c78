import { alertKey, storedAlert } from "@belfry/core/alerts/dispatch/alert-row";
import type { OpenedIncident } from "@belfry/core/event/opened-incident";
import { describe, expect, it, vi } from "vitest";
import { CONFIG, db, HOUR_MS, opened, take } from "../../../../support/dispatch-team.ts";
import { DispatchWorld, START_MS } from "../../../../support/dispatch-world.ts";
import { alertAt, MINUTE_MS } from "../../../../support/group-run.ts";

describe("statements", () => {
  it("that were replayed change the state, page nobody, set nothing off, and keep nobody quiet", async () => {
    const corrections = vi.fn(() => ({ writes: [], dues: [] }));
    const world = new DispatchWorld(
      { ...CONFIG, inhibitRules: [{ sourceMatchers: ["service=net"], targetMatchers: ["service=db"] }] },
      { ports: { corrections } },
    );
    await take(world, { key: "net", labels: { service: "net" }, replayed: true });
    await take(world, { key: "old", replayed: true });
    await world.until(START_MS + HOUR_MS);
    expect(world.said).toEqual([]);
    await take(world, { key: "new" });
    await world.until(START_MS + 70 * MINUTE_MS);
    expect(world.said.length).toBeGreaterThan(0);
    expect(corrections).toHaveBeenCalledOnce();
    const [[told]] = corrections.mock.calls as unknown as [[OpenedIncident]];
    expect(told.alerts.map(({ key }) => key)).toEqual(["new"]);
  });

  it("that join an incident later ask for corrective actions too, unless somebody has taken it", async () => {
    const asked: string[][] = [];
    const corrections = ({ alerts }: OpenedIncident) => {
      asked.push(alerts.map(({ key }) => key));
      return { writes: [], dues: [] };
    };
    const { world, handle } = await opened({ ports: { corrections } });
    await take(world, { key: "b" });
    await world.until(START_MS + 6 * MINUTE_MS);
    // Other words, a repeat, and an end page nobody, or are of what was asked about.
    await take(world, { key: "b", description: "more" });
    await take(world, { key: "a", status: "resolved" });
    await world.until(START_MS + 9 * HOUR_MS);
    expect(asked).toEqual([["a"], ["b"]]);
    await world.dispatcher.act(handle, { kind: "acknowledge", by: "ann" }, world.signal);
    await take(world, { key: "c" });
    await world.until(world.nowMs + HOUR_MS);
    expect(asked).toHaveLength(2);
  });

  it("inhibit others of the same call", async () => {
    const world = new DispatchWorld({
      ...CONFIG,
      inhibitRules: [{ sourceMatchers: ["service=net"], targetMatchers: ["service=db"] }],
    });
    const net = alertAt(START_MS, { key: "net", labels: { service: "net" } });
    await world.dispatcher.take([alertAt(START_MS, { labels: db }), net], world.signal);
    await world.until(START_MS + HOUR_MS);
    expect(new Set(world.said.map(({ title }) => title))).toEqual(new Set(["alarm net"]));
    await world.dispatcher.take([{ ...net, version: world.nowMs, status: "resolved" }], world.signal);
    await world.until(world.nowMs + 10 * MINUTE_MS);
    expect(world.said.map(({ title }) => title)).toContain("alarm a");
  });

  it("end where they began, though their route is gone or has another receiver by now", async () => {
    const nested = { ...CONFIG.route, receiver: "quiet", routes: [{ receiver: "team", matchers: ["service=db"] }] };
    const flat = { ...CONFIG.route, receiver: "quiet" };
    for (const [before, after] of [
      [nested, flat],
      [CONFIG.route, flat],
    ]) {
      const world = new DispatchWorld({ ...CONFIG, route: before });
      await take(world, {});
      await world.until(START_MS + MINUTE_MS);
      expect(world.heard()).toEqual(["slack opened open!", "pager opened open!"]);
      const next = new DispatchWorld({ ...CONFIG, route: after }, { memory: world.memory });
      next.nowMs = START_MS + 2 * MINUTE_MS;
      await take(next, { status: "resolved", labels: {} });
      await next.until(START_MS + HOUR_MS);
      expect(next.heard().sort()).toEqual(["pager resolved resolved", "slack resolved resolved"]);
    }
  });

  it("of a suppressed alert lead to its source, which is asked at the end", async () => {
    const suppression = { by: "mute-rule", reason: "arn:rule", until: START_MS + HOUR_MS } as const;
    const askAlarm = vi.fn(async () => alertAt(START_MS, { labels: db }));
    const world = new DispatchWorld(CONFIG, { ports: { askAlarm } });
    await take(world, { suppression });
    await world.until(START_MS + 59 * MINUTE_MS);
    expect(world.said).toEqual([]);
    await world.until(START_MS + 65 * MINUTE_MS);
    expect(askAlarm).toHaveBeenCalledExactlyOnceWith("a", expect.anything());
    expect(world.heard()).toContain("slack opened open!");
  });

  it("keep their labels, severity and links when their source is asked, which does not know an alarm's tags", async () => {
    const suppression = { by: "mute-rule", reason: "arn:rule", until: START_MS + HOUR_MS } as const;
    const links = [{ title: "Runbook", url: "https://example.com/runbook" }];
    const askAlarm = async () => alertAt(START_MS + MINUTE_MS, { labels: { state: "new" }, description: "still" });
    const routes = [{ receiver: "quiet", matchers: ["service=db"] }];
    const world = new DispatchWorld({ ...CONFIG, route: { ...CONFIG.route, routes } }, { ports: { askAlarm } });
    await take(world, { suppression, severity: "critical", links });
    await world.until(START_MS + 65 * MINUTE_MS);
    expect(world.said).toMatchObject([{ channel: "mail", severity: "critical", links, kind: "opened" }]);
    const row = await world.memory.get(alertKey("a"), world.signal);
    expect(storedAlert(row).row).toMatchObject({ labels: { service: "db", state: "new" }, left: [] });
  });

  it("are not asked for when their suppression has ended by itself", async () => {
    const suppression = { by: "mute-rule", reason: "arn:rule", until: START_MS + HOUR_MS } as const;
    const askAlarm = vi.fn(async () => undefined);
    const world = new DispatchWorld(CONFIG, { ports: { askAlarm } });
    await take(world, { suppression });
    world.nowMs += MINUTE_MS;
    await take(world, {});
    await world.until(START_MS + 65 * MINUTE_MS);
    expect(askAlarm).not.toHaveBeenCalled();
  });

  it("whose end only a replay brings resolve their incident, and wake nobody", async () => {
    const { world, handle } = await opened();
    world.heard();
    await take(world, { status: "resolved", version: START_MS + MINUTE_MS, replayed: true });
    await world.until(START_MS + HOUR_MS);
    expect(world.heard().sort()).toEqual(["pager resolved resolved", "slack resolved resolved"]);
    expect(await world.incidents.find(handle, world.signal)).toMatchObject([{ incident: { status: "resolved" } }]);
  });
});
