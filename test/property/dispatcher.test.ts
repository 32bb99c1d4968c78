// Through the dispatcher, the table and the outboxes: whatever happens in whatever order, nothing is pending on what is closed, and nobody is paged after somebody has
// taken it.
import type { OnCallInput } from "@belfry/core/config/oncall/schema";
import type { Due } from "@belfry/core/event/due";
import type { Notification } from "@belfry/core/event/notification";
import type { Table } from "@belfry/core/platform/table-client";
import fc from "fast-check";
import { expect, it } from "vitest";
import { DispatchWorld } from "../support/dispatch-world.ts";
import { alertAt, MINUTE_MS } from "../support/group-run.ts";

const CONFIG: OnCallInput = {
  route: { receiver: "team", groupBy: ["service"], groupWait: "30s", groupInterval: "5m", repeatInterval: "1h" },
  receivers: { team: { channels: ["slack", "pager"], escalation: "chain", reminder: { after: "30m", times: 2 } } },
  people: { ann: { channels: ["ann-phone"] }, bob: { channels: ["bob-phone", "slack"] } },
  escalations: {
    chain: {
      steps: [
        { wait: "0s", person: "ann" },
        { wait: "5m", person: "bob" },
      ],
      repeat: 1,
      repeatAfter: "10m",
    },
  },
};

const CHANNELS = ["slack", "pager", "ann-phone", "bob-phone"];

const SERVICES = ["db", "web"];

type Happening =
  | {
      readonly what: "alert";
      readonly alert: number;
      readonly service: number;
      readonly isOn: boolean;
      readonly isWorse: boolean;
    }
  | { readonly what: "acknowledge" | "resolve"; readonly pick: number }
  | { readonly what: "snooze"; readonly pick: number; readonly minutes: number }
  | { readonly what: "again"; readonly pick: number }
  | { readonly what: "sweep" };

const pick = fc.nat(7);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant("alert" as const),
      alert: fc.nat(3),
      service: fc.nat(1),
      isOn: fc.boolean(),
      isWorse: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ what: fc.constantFrom("acknowledge" as const, "resolve" as const), pick }) },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant("snooze" as const), pick, minutes: fc.integer({ min: 1, max: 40 }) }),
  },
  { weight: 3, arbitrary: fc.record({ what: fc.constant("again" as const), pick }) },
  { weight: 1, arbitrary: fc.constant({ what: "sweep" as const }) },
);

/** What happens after so many minutes; channels may say nothing for so long. */
const history = fc.array(fc.tuple(fc.integer({ min: 0, max: 25 }), happening), { maxLength: 30 });

/** Outboxes are sent only when the test wants it, so that pages wait while people act. */
class SlowWorld extends DispatchWorld {
  readonly waiting = new Set<string>();
  readonly seen: Due[] = [];

  override async look(due: Due): Promise<void> {
    this.seen.push(due);
    if (due.kind === "outbox") this.waiting.add(due.key);
    else await super.look(due);
  }

  async sendAll(): Promise<void> {
    for (const channel of CHANNELS) await this.send(channel);
  }
}

async function happen(world: SlowWorld, happened: Happening): Promise<void> {
  const { dispatcher, signal } = world;
  if (happened.what === "alert") {
    const { alert, service, isOn, isWorse } = happened;
    const statement = alertAt(world.nowMs, {
      key: `alert ${alert}`,
      labels: { service: SERVICES[service] ?? "" },
      status: isOn ? "firing" : "resolved",
      severity: isWorse ? "critical" : "warning",
    });
    return dispatcher.take([statement], signal);
  }
  if (happened.what === "sweep") return dispatcher.sweep(["slack"], signal);
  if (happened.what === "again") {
    const old = world.seen[happened.pick * 3];
    return old === undefined ? undefined : world.look(old);
  }
  const rows = await world.incidents.recent(8, signal);
  const row = rows[happened.pick % Math.max(rows.length, 1)];
  if (row === undefined) return;
  const { what } = happened;
  const input =
    what === "snooze"
      ? ({ kind: what, by: "bob", untilMs: world.nowMs + happened.minutes * MINUTE_MS } as const)
      : ({ kind: what, by: "bob" } as const);
  await dispatcher.act(row.handle, input, signal);
}

/** What is said now must be right by what the incidents are now: only open ones page, besides the reminders of who has taken one. */
async function check(world: SlowWorld): Promise<void> {
  const rows = await world.incidents.recent(100, world.signal);
  for (const { incident } of rows) {
    if (incident.status === "resolved") expect(incident.pending).toBeUndefined();
  }
  const byHandle = new Map(rows.map((row) => [row.handle, row]));
  for (const said of world.said.splice(0)) {
    if (!said.isPage) continue;
    const { incident } = byHandle.get(said.incidentKey) ?? {};
    const isReminder = incident?.status === "acknowledged" && said.lines[0]?.startsWith("Reminder: bob");
    expect(incident?.status === "open" || isReminder === true, JSON.stringify({ said, incident })).toBe(true);
  }
  const open = await world.incidents.open(100, world.signal);
  expect(open.map(({ handle }) => handle)).toEqual(
    rows.filter(({ incident }) => incident.status !== "resolved").map(({ handle }) => handle),
  );
}

it("leaves nothing pending on what is closed, and pages nobody after somebody has taken it", {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.array(fc.boolean(), { minLength: 1, maxLength: 10 }), async (events, sends) => {
      const world = new SlowWorld(CONFIG);
      for (const [i, [minutes, happened]] of events.entries()) {
        await world.until(world.nowMs + minutes * MINUTE_MS);
        await happen(world, happened);
        if (sends[i % sends.length] === true) await world.sendAll();
        await check(world);
      }
      await world.sendAll();
      await check(world);
    }),
    { numRuns: 300 },
  );
});

/** Of what a channel is to say, in its order: nothing pages after somebody has taken an incident, and nothing is said of it after its end. */
function checkOrder(channel: string, world: SlowWorld): void {
  const rows = [...world.memory.items.values()].filter(({ pk }) => pk === `outbox#${channel}`);
  const said = rows
    .sort((a, b) => (a.sk < b.sk ? -1 : 1))
    .map(({ notification }) => notification as unknown as Notification);
  for (const [i, next] of said.entries()) {
    const last = said[i - 1];
    if (last?.incidentKey !== next.incidentKey || last.status === "open") continue;
    expect(last.status === "resolved", "something is said after the end").toBe(false);
    const isReminder = next.status === "acknowledged" && next.lines[0]?.startsWith("Reminder: bob");
    const isBack = next.status === "open" && last.status === "snoozed";
    expect(!next.isPage || isReminder === true || isBack, JSON.stringify({ last, next })).toBe(true);
  }
}

it("decides the same way when everything happens at once", { timeout: 120_000 }, async () => {
  const moments = fc.array(fc.array(happening, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 });
  const chances = fc.array(fc.nat(3), { minLength: 5, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(moments, chances, async (together, turns) => {
      let calls = 0;
      // So many turns of others come between what is asked of the table and its answer.
      const late = async <T>(work: Promise<T>): Promise<T> => {
        const answer = await work;
        for (let turn = turns[calls++ % turns.length] ?? 0; turn > 0; turn--) await new Promise(setImmediate);
        return answer;
      };
      const before = (table: Table): Table => ({
        ...table,
        query: (...args) => late(table.query(...args)),
        get: (...args) => late(table.get(...args)),
      });
      const world = new SlowWorld(CONFIG, { before });
      for (const moment of together) {
        const due = world.dues.splice(0).filter(({ at }) => at <= world.nowMs);
        await Promise.all([...moment.map((happened) => happen(world, happened)), ...due.map((one) => world.look(one))]);
        world.nowMs += 5 * MINUTE_MS;
        await world.dispatcher.sweep([], world.signal);
      }
      for (const channel of CHANNELS) checkOrder(channel, world);
      await world.sendAll();
      await check(world);
    }),
    { numRuns: 200 },
  );
});
