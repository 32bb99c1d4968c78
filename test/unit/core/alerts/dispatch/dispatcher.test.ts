import type { OnCallInput } from "@belfry/core/config/oncall/schema";
import { describe, expect, it } from "vitest";
import { DispatchWorld, START_MS, type WorldOptions } from "../../../../support/dispatch-world.ts";
import { alertAt, MINUTE_MS, SECOND_MS } from "../../../../support/group-run.ts";

const CONFIG: OnCallInput = {
  route: { receiver: "team", groupBy: ["service"], groupWait: "30s", groupInterval: "5m", repeatInterval: "4h" },
  receivers: { team: { channels: ["slack", "pager"], escalation: "chain", reminder: { after: "1h", times: 1 } } },
  people: { ann: { name: "Ann Lee", channels: ["ann-phone", "slack"] } },
  escalations: { chain: { steps: [{ wait: "10m", person: "ann" }] } },
};

const db = { service: "db" };

function world(over: Partial<OnCallInput> = {}, options: WorldOptions = {}): DispatchWorld {
  return new DispatchWorld({ ...CONFIG, ...over }, options);
}

async function opened(options: WorldOptions = {}): Promise<{ w: DispatchWorld; handle: string }> {
  const w = world({}, options);
  await w.dispatcher.take([alertAt(START_MS, { labels: db })], w.signal);
  await w.until(START_MS + 30 * SECOND_MS);
  const [row] = await w.incidents.open(10, w.signal);
  return { w, handle: row?.handle ?? "" };
}

describe("a page's life", () => {
  it("is told after the group's wait, escalated, taken by a person everywhere, and over", async () => {
    const { w, handle } = await opened();
    expect(w.heard()).toEqual(["slack opened open!", "pager opened open!"]);
    await w.until(START_MS + 11 * MINUTE_MS);
    expect(w.said.map(({ lines }) => lines)).toContainEqual(["Escalated to Ann Lee"]);
    expect(w.heard()).toEqual(["ann-phone opened open!", "slack reminder open!"]);
    expect(await w.dispatcher.act(handle, { kind: "acknowledge", by: "ann" }, w.signal)).toBe("done");
    await w.until(START_MS + 12 * MINUTE_MS);
    expect(w.said.every(({ lines }) => lines[0] === "Acknowledged by Ann Lee")).toBe(true);
    expect(w.heard().sort()).toEqual([
      "ann-phone updated acknowledged",
      "pager updated acknowledged",
      "slack updated acknowledged",
    ]);
    await w.until(START_MS + 100 * MINUTE_MS);
    expect(w.heard().sort()).toEqual(["pager reminder acknowledged!", "slack reminder acknowledged!"]);
    await w.dispatcher.take([alertAt(w.nowMs, { labels: db, status: "resolved" })], w.signal);
    await w.until(w.nowMs + 10 * MINUTE_MS);
    expect(w.heard().sort()).toEqual([
      "ann-phone resolved resolved",
      "pager resolved resolved",
      "slack resolved resolved",
    ]);
    expect(await w.incidents.open(10, w.signal)).toEqual([]);
    const [row] = await w.incidents.recent(10, w.signal);
    expect(row).toMatchObject({ handle, title: "alarm a", severity: "error", incident: { status: "resolved" } });
    expect(await w.incidents.receipts(row as never, w.signal)).not.toHaveLength(0);
    expect(await w.dispatcher.act(handle, { kind: "acknowledge", by: "ann" }, w.signal)).toBe("not-open");
  });
});
