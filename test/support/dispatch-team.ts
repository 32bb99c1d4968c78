import type { OnCallInput } from "@belfry/core/config/oncall/schema";
import type { Alert } from "@belfry/core/event/alert";
import { DispatchWorld, START_MS, type WorldOptions } from "./dispatch-world.ts";
import { alertAt, MINUTE_MS, SECOND_MS } from "./group-run.ts";

export const HOUR_MS = 60 * MINUTE_MS;

/** A team with a chain of one person. */
export const CONFIG: OnCallInput = {
  route: { receiver: "team", groupBy: ["service"], groupWait: "30s", groupInterval: "5m", repeatInterval: "4h" },
  receivers: {
    team: { channels: ["slack", "pager"], escalation: "chain", reminder: { after: "1h", times: 1 } },
    quiet: { channels: ["mail"] },
  },
  people: { ann: { name: "Ann Lee", channels: ["ann-phone", "slack"] } },
  escalations: { chain: { steps: [{ wait: "10m", person: "ann" }] } },
};

export const db = { service: "db" };

/** A world in which an alert of the service `db` has been told. */
export async function opened(options: WorldOptions = {}): Promise<{ world: DispatchWorld; handle: string }> {
  const world = new DispatchWorld(CONFIG, options);
  await world.dispatcher.take([alertAt(START_MS, { labels: db })], world.signal);
  await world.until(START_MS + 30 * SECOND_MS);
  return { world, handle: await lastHandle(world) };
}

/** Of the latest incident. */
export async function lastHandle(world: DispatchWorld): Promise<string> {
  const [row] = await world.incidents.recent(1, world.signal);
  return row?.handle ?? "";
}

/** Brings a statement about an alert of the service `db`, as of now. */
export async function take(world: DispatchWorld, over: Partial<Alert>): Promise<void> {
  await world.dispatcher.take([alertAt(world.nowMs, { labels: db, ...over })], world.signal);
}
