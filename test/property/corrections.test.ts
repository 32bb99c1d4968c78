import { AwsCallError } from "@belfry/core/platform/aws-call";
import fc from "fast-check";
import { expect, test } from "vitest";
import { correctionWorld, openedOf, ruleOf, signal } from "../support/corrections.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const INSTANCES = ["i-00000001", "i-00000002", "i-00000003"];

/** What stops the work somewhere: a process that is killed, an answer that does not come, a table that refuses. */
class Killed extends Error {}

/** What happens next. A delivery is of any request that was ever made, and may be killed at its n-th contact with the world, or run at the same time as another one. */
const event = fc.oneof(
  { weight: 2, arbitrary: fc.record({ what: fc.constant("opens" as const), instances: fc.subarray(INSTANCES) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant("delivered" as const),
      pick: fc.nat(),
      also: fc.option(fc.nat(), { nil: undefined }),
      killAt: fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("approved" as const), pick: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant("time" as const), minutes: fc.integer({ min: 0, max: 70 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant("fault" as const), when: fc.constantFrom("before", "after") }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("well" as const) }) },
);
const settings = fc.record({
  dryRun: fc.boolean(),
  approval: fc.boolean(),
  cooldown: fc.constantFrom("0s", "10m", "1h", "3h"),
  maxPerHour: fc.integer({ min: 1, max: 3 }),
});

type Happening = typeof event extends fc.Arbitrary<infer Value> ? Value : never;

type World = ReturnType<typeof correctionWorld>;

/** Lets a look be killed at its n-th read, write or call; what was done before stays done. */
async function lookKilled(world: World, key: string, killAt: number | undefined): Promise<void> {
  let contacts = 0;
  const touch = async <T>(contact: () => Promise<T>): Promise<T> => {
    const isLast = killAt !== undefined && contacts++ >= killAt >> 1;
    // Every other kill comes after the contact took effect.
    if (isLast && killAt % 2 === 0) throw new Killed();
    const result = await contact();
    if (isLast) throw new Killed();
    return result;
  };
  const { table, runs } = world;
  const ports = {
    ...world.ports,
    table: {
      ...table,
      get: (...given: Parameters<typeof table.get>) => touch(() => table.get(...given)),
      transact: (...given: Parameters<typeof table.transact>) => touch(() => table.transact(...given)),
    },
    runs: {
      start: (...given: Parameters<typeof runs.start>) => touch(() => runs.start(...given)),
      outcome: (...given: Parameters<typeof runs.outcome>) => touch(() => runs.outcome(...given)),
    },
  };
  await world.corrector(ports).due({ kind: "correction", key, at: 0 }, signal).catch(ignoreKill);
}

function ignoreKill(error: unknown): void {
  if (!(error instanceof Killed)) throw error;
}

async function play(world: World, happened: Happening, ids: string[], at: number) {
  const { time, runs } = world;
  switch (happened.what) {
    case "opens":
      return void ids.push(...(await world.open(openedOf(`g#${at % 4}`, happened.instances, time.now))));
    case "delivered": {
      if (ids.length === 0) return;
      const also = happened.also === undefined ? [] : [ids[happened.also % ids.length] as string];
      const keys = [ids[happened.pick % ids.length] as string, ...also];
      return void (await Promise.all(
        keys.map((key, nth) => lookKilled(world, key, nth === 0 ? happened.killAt : undefined)),
      ));
    }
    case "approved":
      if (ids.length > 0) await world.corrector().approve(ids[happened.pick % ids.length] as string, "ada", signal);
      return;
    case "time":
      time.now += happened.minutes * MINUTE_MS;
      return;
    case "fault":
      runs.fault = (when) => {
        if (when !== happened.when) return;
        throw new AwsCallError(
          "ssm:StartAutomationExecution",
          Object.assign(new Error("gone"), { name: "TimeoutError" }),
        );
      };
      return;
    case "well":
      runs.fault = () => undefined;
  }
}

test("nothing runs twice, above the cap, within the cool-down, without approval, or in a dry run, whatever happens", async () => {
  await fc.assert(
    fc.asyncProperty(settings, fc.array(event, { maxLength: 40, size: "max" }), async (changes, events) => {
      const world = correctionWorld({ restart: ruleOf(changes) });
      const ids: string[] = [];
      for (const [at, happened] of events.entries()) await play(world, happened, ids, at);
      const started = [...world.runs.started.values()];
      if (changes.dryRun) expect(started).toEqual([]);
      // By the times at which they were let through: AWS may have been reached later.
      const { claims } = world;
      expect(started.length).toBeLessThanOrEqual(claims.length);
      expect(new Set(claims.map(({ request }) => request)).size).toBe(claims.length);
      for (const { at } of claims) {
        const within = claims.filter((other) => other.at <= at && at - other.at < HOUR_MS);
        expect(within.length).toBeLessThanOrEqual(changes.maxPerHour);
      }
      const cooldownMs = { "0s": 0, "10m": 10 * MINUTE_MS, "1h": HOUR_MS, "3h": 3 * HOUR_MS }[changes.cooldown] ?? 0;
      for (const same of Map.groupBy(claims, ({ resource }) => resource).values()) {
        same.forEach(({ at }, nth) => {
          const next = same[nth + 1];
          if (next !== undefined) expect(next.at - at).toBeGreaterThanOrEqual(cooldownMs);
        });
      }
      if (changes.approval) for (const { approvedBy } of claims) expect(approvedBy).toBe("ada");
    }),
    { numRuns: 400 },
  );
});

test("a request whose looks are killed anywhere, and come again, ends with one run", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 16 }), { maxLength: 4 }), async (kills) => {
      const world = correctionWorld({ restart: ruleOf() });
      const [id = ""] = await world.open(openedOf());
      for (const killAt of kills) {
        await lookKilled(world, id, killAt);
        world.time.now += 2 * MINUTE_MS;
      }
      world.runs.state = { state: "succeeded", detail: "Success" };
      for (let looks = 0; looks < 3; looks++) {
        await world.look(id);
        world.time.now += 2 * MINUTE_MS;
      }
      expect(world.runs.started.size).toBe(1);
      expect(world.told().at(-1)).toMatch(/: Success$/);
      expect(world.notices()).toHaveLength(2);
    }),
    { numRuns: 300 },
  );
});
