// An invocation is killed at each call of its ports in turn, just before it takes effect or just after: its message comes again, a sweep comes from time to time, and in the end
// everybody was told the same, once.
import { openPartition } from "@belfry/core/alerts/outbox-row";
import type { OnCallInput } from "@belfry/core/config/oncall/schema";
import type { Due } from "@belfry/core/event/due";
import type { OpenedIncident } from "@belfry/core/event/opened-incident";
import type { Table } from "@belfry/core/platform/table-client";
import { expect, it } from "vitest";
import { DispatchWorld, START_MS } from "../support/dispatch-world.ts";
import { alertAt, MINUTE_MS } from "../support/group-run.ts";

const CONFIG: OnCallInput = {
  route: { receiver: "team", groupBy: ["service"], groupWait: "30s", groupInterval: "5m", repeatInterval: "1h" },
  receivers: { team: { channels: ["slack", "pager"], escalation: "chain", reminder: { after: "30m", times: 1 } } },
  people: { ann: { channels: ["ann-phone"] } },
  escalations: { chain: { steps: [{ wait: "5m", person: "ann" }] } },
};

const CHANNELS = ["slack", "pager", "ann-phone"];

class Killed extends Error {}

/** The one call of a run at which an invocation is killed. */
class Fault {
  calls = 0;
  #isDead = false;
  readonly #at: number;
  readonly #isAfter: boolean;

  constructor(at: number, isAfter: boolean) {
    this.#at = at;
    this.#isAfter = isAfter;
  }

  async call<T>(work: () => Promise<T>): Promise<T> {
    const isNow = ++this.calls === this.#at;
    if (isNow && !this.#isAfter) this.#isDead = true;
    if (this.#isDead) throw new Killed();
    const answer = await work();
    if (isNow) this.#isDead = true;
    if (this.#isDead) throw new Killed();
    return answer;
  }

  /** Does what a message asks for, again when it was killed. */
  async invoke(work: () => Promise<unknown>): Promise<void> {
    for (let delivery = 0; delivery < 3; delivery++) {
      this.#isDead = false;
      try {
        await work();
        return;
      } catch (thrown) {
        if (!this.#isDead) throw thrown;
      }
    }
    throw new Error("a message that was killed once fails again");
  }

  table(table: Table): Table {
    return {
      get: (...args) => this.call(() => table.get(...args)),
      query: (...args) => this.call(() => table.query(...args)),
      queryTo: (...args) => this.call(() => table.queryTo(...args)),
      put: (...args) => this.call(() => table.put(...args)),
      update: (...args) => this.call(() => table.update(...args)),
      delete: (...args) => this.call(() => table.delete(...args)),
      transact: (...args) => this.call(() => table.transact(...args)),
    };
  }
}

interface Outcome {
  readonly said: readonly string[];
  readonly incidents: readonly unknown[];
  readonly corrections: readonly string[];
  readonly left: readonly string[];
  readonly calls: number;
}

async function run(fault: Fault): Promise<Outcome> {
  const opened: OpenedIncident[] = [];
  const corrections = (incident: OpenedIncident) => {
    opened.push(incident);
    const key = `correction of ${incident.handle}`;
    return { writes: [{ put: { pk: key, sk: "ask" } }], dues: [{ kind: "correction", key, at: START_MS } as const] };
  };
  const world = new DispatchWorld(CONFIG, {
    before: (table) => fault.table(table),
    ports: { corrections, sendDue: (dues) => fault.call(async () => void world.dues.push(...dues)) },
  });
  const { dispatcher, signal } = world;
  const labels = { service: "db" };
  /** Minutes after the beginning. */
  const messages: Record<number, () => Promise<unknown>> = {
    0: () =>
      dispatcher.take([alertAt(START_MS, { key: "a", labels }), alertAt(START_MS, { key: "b", labels })], signal),
    // Its labels lead to another group by now.
    3: () => dispatcher.take([alertAt(START_MS + 1, { key: "b", labels: { service: "web" } })], signal),
    17: async () => {
      const rows = await world.incidents.recent(9, signal);
      for (const { handle } of rows) await dispatcher.act(handle, { kind: "acknowledge", by: "ann" }, signal);
    },
    55: () => dispatcher.take([alertAt(START_MS + 2, { key: "a", labels: {}, status: "resolved" })], signal),
    60: () => dispatcher.take([alertAt(START_MS + 2, { key: "b", labels: {}, status: "resolved" })], signal),
  };
  for (let minute = 0; minute <= 75; minute++) {
    await elapse(world, fault, START_MS + minute * MINUTE_MS);
    const message = messages[minute];
    if (message !== undefined) await fault.invoke(message);
    if (minute % 5 === 0) await fault.invoke(() => dispatcher.sweep(CHANNELS, signal));
  }
  const rows = await world.incidents.recent(9, signal);
  const partitions = [...CHANNELS.map(openPartition), "active-alerts", "incidents-open"];
  const left = [...world.memory.items.values()].filter(({ pk, sk }) => {
    const isLate = pk.startsWith("timers#") && Number(sk.split("#")[0]) <= world.nowMs;
    return isLate || partitions.includes(pk) || pk.startsWith("groups-open");
  });
  expect(new Set(world.said.map(({ id, channel }) => `${id} ${channel}`)).size).toBe(world.said.length);
  return {
    said: world.said
      .map(
        ({ groupKey, lines, ...said }) =>
          `${said.channel} ${groupKey} ${said.kind} ${said.status} ${said.isPage} ${lines}`,
      )
      .sort(),
    incidents: rows.map(({ incident, told, group }) => [
      group.key,
      incident.status,
      incident.timeline.map(({ what }) => what),
      told,
    ]),
    corrections: [
      ...new Set(opened.map(({ groupKey, alerts }) => `${groupKey} ${alerts.map(({ key }) => key)}`)),
    ].sort(),
    left: left.map(({ pk, sk }) => `${pk} ${sk}`),
    calls: fault.calls,
  };
}

const ROUND = ["opened open true ", "reminder acknowledged true Reminder: ann has taken it, and it is still on"];
const TAKEN = ["resolved resolved false ", "updated acknowledged false Acknowledged by ann"];
const PAGED = ["opened open true Escalated to ann", ...TAKEN];

/** What the three channels say of both groups; of the first, that one of its alerts is over there. */
const SAID = [
  ...["db", "web"].flatMap((service) => [
    ...PAGED.map((said) => `ann-phone {}:{service="${service}"} ${said}`),
    ...["pager", "slack"].flatMap((channel) =>
      [...ROUND, ...TAKEN].map((said) => `${channel} {}:{service="${service}"} ${said}`),
    ),
  ]),
  'pager {}:{service="db"} updated open false ',
  'slack {}:{service="db"} updated open false ',
].sort();

/** Lets everything be looked at that is due by then. */
async function elapse(world: DispatchWorld, fault: Fault, nowMs: number): Promise<void> {
  for (;;) {
    world.dues.sort((a, b) => a.at - b.at);
    const due: Due | undefined = world.dues[0];
    if (due === undefined || due.at > nowMs) break;
    world.dues.shift();
    world.nowMs = Math.max(world.nowMs, due.at);
    await fault.invoke(() => world.look(due));
  }
  world.nowMs = nowMs;
}

it("tells everybody the same, once, wherever an invocation is killed", { timeout: 300_000 }, async () => {
  const expected = await run(new Fault(Number.POSITIVE_INFINITY, false));
  expect(expected.said).toEqual(SAID);
  expect(expected.corrections).toEqual(['{}:{service="db"} a,b', '{}:{service="web"} b']);
  expect(expected.left.every((row) => row.includes("#correction#"))).toBe(true);
  for (let at = 1; at <= expected.calls; at++) {
    for (const isAfter of [false, true]) {
      const { calls: _, ...outcome } = await run(new Fault(at, isAfter));
      expect({ ...outcome, calls: 0 }, `killed ${isAfter ? "after" : "before"} call ${at}`).toEqual({
        ...expected,
        calls: 0,
      });
    }
  }
});
