// Whatever crashes, is refused, comes late or runs at the same time: every window of every log group is exported once, and one task at a time.
import { exportStore } from "@belfry/core/archive/export-state";
import { type ExportPorts, exportStep } from "@belfry/core/archive/export-step";
import { Export } from "@belfry/core/config/deploy/export";
import { AwsCallError } from "@belfry/core/platform/aws-call";
import { createLogger } from "@belfry/core/platform/logger";
import type { ExportCalls, LogGroup } from "@belfry/core/platform/logs-client";
import type { Table } from "@belfry/core/platform/table-client";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type FakeTask, fakeExport, refusal } from "../support/fake-export.ts";
import { memoryTable } from "../support/memory-table.ts";
import { Turns } from "../support/turns.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START = Date.UTC(2026, 10, 22, 13);
// The client gives a call up after this time: what has not got to the service by then never does.
const CALL_TIMEOUT_MS = 65_000;
// A process that stands still for longer than its lease, and then goes on as if nothing were.
const FREEZE_MS = 40 * 60_000;
const MAX_STEPS = 1000;

interface World {
  readonly groups: readonly { readonly ageHours: number; readonly retentionDays: number | undefined }[];
  readonly windowHours: number;
  readonly maxActive: number;
  readonly hiddenMs: number;
  readonly exporters: number;
  /** How often something goes wrong, to the full in a bad world. */
  readonly trouble: number;
  readonly foreign: readonly { readonly afterMs: number; readonly durationMs: number }[];
  /** One number, in thousandths, for each thing that chance decides, over and over. */
  readonly chances: readonly number[];
}

const world: fc.Arbitrary<World> = fc.record({
  groups: fc.array(
    fc.record({
      // Younger than nothing: made while the export runs.
      ageHours: fc.integer({ min: -6, max: 80 }),
      retentionDays: fc.constantFrom(undefined, 1, 3),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  windowHours: fc.constantFrom(4, 24, 36, 168),
  maxActive: fc.constantFrom(1, 1, 3),
  hiddenMs: fc.constantFrom(0, 5000, 90_000),
  exporters: fc.integer({ min: 1, max: 2 }),
  trouble: fc.constantFrom(0.1, 0.3, 1),
  foreign: fc.array(
    fc.record({ afterMs: fc.integer({ min: 0, max: HOUR_MS }), durationMs: fc.integer({ min: 1000, max: HOUR_MS }) }),
    { maxLength: 3 },
  ),
  chances: fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 20, maxLength: 80 }),
});

class Crash extends Error {}

/** The exporters, the service and the table on one clock, in the order of chance. */
class Scene {
  readonly #world: World;
  readonly turns: Turns;
  readonly cloud;
  readonly table = memoryTable();
  readonly settings;
  #drawn = 0;
  /** Ends the trouble, so that what is left to do can be done. */
  calm = false;

  constructor(given: World) {
    this.#world = given;
    this.turns = new Turns(START, () => this.#chance());
    this.settings = Export.parse({ logGroups: ["*"], windowHours: given.windowHours, maxAttempts: 2 });
    this.cloud = fakeExport({
      now: () => this.turns.nowMs,
      groups: () => this.groups(),
      maxActive: given.maxActive,
      hiddenMs: given.hiddenMs,
      fate: () => ({
        end: this.#end(),
        durationMs: this.calm ? 2000 : 2000 + Math.floor(this.#chance() ** 6 * HOUR_MS),
      }),
    });
  }

  groups(): LogGroup[] {
    const all = this.#world.groups.map(({ ageHours, retentionDays }, i) => ({
      name: `group-${i}`,
      createdMs: START - ageHours * HOUR_MS,
      logClass: "STANDARD",
      ...(retentionDays === undefined ? {} : { retentionDays }),
    }));
    return all.filter(({ createdMs }) => createdMs <= this.turns.nowMs);
  }

  ports(): ExportPorts {
    const none = () => undefined;
    return {
      calls: this.#troubled(this.cloud as ExportCalls, [
        "describeLogGroups",
        "describeExportTasks",
        "createExportTask",
      ]),
      store: exportStore(this.#troubled<Table>(this.table, ["get", "query", "put"]), "eu-west-1"),
      paced: (call) => call(),
      clock: { now: () => this.turns.nowMs },
      random: () => this.#chance(),
      logger: createLogger({ level: "off" }),
      metrics: { count: none, duration: none, flush: none },
    };
  }

  /** Before and after each call something may happen: time passes, the other exporter has its turn, the process dies or stands still, the answer gets lost. */
  #troubled<T extends object>(port: T, methods: readonly (keyof T)[]): T {
    const wrapped = methods.map((name) => {
      const call = port[name] as (...args: unknown[]) => Promise<unknown>;
      const troubled = async (...args: unknown[]): Promise<unknown> => {
        const sentMs = this.turns.nowMs;
        await this.turns.next();
        if (this.#strikes(0.02)) throw new Crash("before the call");
        if (this.turns.nowMs - sentMs > CALL_TIMEOUT_MS) throw new AwsCallError(String(name), new Error("timed out"));
        if (this.#strikes(0.02)) throw refusal("ThrottlingException");
        const answer = await call(...args);
        if (this.#strikes(0.03)) throw new Crash("after the call");
        await this.turns.sleep(this.#strikes(0.02) ? FREEZE_MS : 0);
        return answer;
      };
      return [name, troubled];
    });
    return { ...port, ...Object.fromEntries(wrapped) };
  }

  /** Runs of the state machine, one after the other. */
  async exporter(id: number, runs: number, pauseMs: number): Promise<void> {
    const ports = this.ports();
    for (let run = 0; run < runs; run++) {
      await this.#run(ports, `exporter-${id}-run-${run}-${this.calm}`);
      await this.turns.sleep(pauseMs);
    }
  }

  async #run(ports: ExportPorts, owner: string): Promise<void> {
    const { signal } = new AbortController();
    for (let step = 0; step < MAX_STEPS; step++) {
      let waitS = 1;
      try {
        const answer = await exportStep(ports, this.settings, {
          owner,
          region: "eu-west-1",
          bucket: "archive",
          signal,
        });
        if (answer.done) return;
        waitS = answer.wait;
      } catch (thrown) {
        if (!(thrown instanceof Crash || thrown instanceof AwsCallError)) throw thrown;
        // The state machine tries again, or the whole run dies.
        if (this.#strikes(0.2)) return;
      }
      await this.turns.sleep(waitS * 1000);
    }
  }

  async foreigners(): Promise<void> {
    for (const { afterMs, durationMs } of this.#world.foreign) {
      await this.turns.sleep(afterMs);
      this.cloud.startForeign(durationMs);
    }
  }

  async play(): Promise<void> {
    const exporters = Array.from({ length: this.#world.exporters }, (_, id) => this.exporter(id, 6, HOUR_MS / 6));
    await this.turns.run([...exporters, this.foreigners()]);
    this.calm = true;
    this.turns.isSteady = true;
    // Whatever is under way ends, and the last lease runs out.
    this.turns.nowMs += 3 * HOUR_MS;
    await this.turns.run([this.exporter(0, 10, HOUR_MS)]);
  }

  #end(): FakeTask["end"] {
    if (this.#strikes(0.1)) return "FAILED";
    return this.#strikes(0.05) ? "CANCELLED" : "COMPLETED";
  }

  #strikes(probability: number): boolean {
    return !this.calm && this.#chance() < probability * this.#world.trouble;
  }

  #chance(): number {
    const { chances } = this.#world;
    const at = this.#drawn++;
    // Spread anew each time round, so that a short list makes a long story.
    return (chances[at % chances.length] / 1000 + Math.floor(at / chances.length) * 0.618_034) % 1;
  }
}

function ours(tasks: readonly FakeTask[]): FakeTask[] {
  return tasks.filter(({ foreign }) => !foreign);
}

function expectOneAtATime(tasks: readonly FakeTask[]): void {
  for (const [i, task] of tasks.entries()) {
    const before = tasks[i - 1];
    if (before !== undefined) expect(task.startMs, "two tasks at once").toBeGreaterThanOrEqual(before.endMs);
  }
}

/** Completed windows follow each other without a gap and without an overlap, from the oldest event to the last window that is old enough. */
function expectAllExportedOnce(scene: Scene, group: LogGroup): void {
  const windows = ours(scene.cloud.tasks)
    .filter((task) => task.logGroup === group.name && task.end === "COMPLETED")
    .sort((a, b) => a.fromMs - b.fromMs);
  for (const [i, { fromMs }] of windows.entries()) {
    const before = windows[i - 1];
    if (before !== undefined) expect(fromMs, "gap or overlap").toBe(before.lastMs + 1);
  }
  const lengthMs = scene.settings.windowHours * HOUR_MS;
  const startOf = (timeMs: number) => Math.floor(timeMs / lengthMs) * lengthMs;
  // The last run ended an hour ago.
  const dueMs = startOf(scene.turns.nowMs - 13 * HOUR_MS);
  const keptMs = group.retentionDays === undefined ? 0 : scene.turns.nowMs - group.retentionDays * DAY_MS;
  const oldestMs = Math.max(group.createdMs - 14 * DAY_MS, keptMs);
  if (dueMs <= Math.max(group.createdMs, startOf(oldestMs))) return;
  expect(windows[0]?.fromMs, "begins too late").toBeLessThanOrEqual(oldestMs);
  expect((windows.at(-1)?.lastMs ?? 0) + 1, "ends too early").toBeGreaterThanOrEqual(dueMs);
}

it("exports every window once, one task at a time, whatever happens", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const scene = new Scene(given);
      await scene.play();
      const tasks = ours(scene.cloud.tasks);
      expectOneAtATime(tasks);
      for (const { startMs, lastMs } of tasks) expect(lastMs).toBeLessThan(startMs - 12 * HOUR_MS);
      for (const group of scene.groups()) expectAllExportedOnce(scene, group);
    }),
    { numRuns: 1000 },
  );
});
