import { exportStore } from "@belfry/core/archive/export-state";
import { type ExportAnswer, type ExportPorts, exportStep } from "@belfry/core/archive/export-step";
import { Export } from "@belfry/core/config/deploy/export";
import type { LogGroup } from "@belfry/core/platform/logs-client";
import { describe, expect, it } from "vitest";
import { type FakeExport, type FakeExportOptions, fakeExport } from "../../../support/fake-export.ts";
import { memoryTable } from "../../../support/memory-table.ts";
import { taskRuntime } from "../../../support/task-runtime.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 22, 13);
const settings = Export.parse({ enabled: true, logGroups: ["/app/*"], startAt: "2026-11-19T00:00:00Z" });
const signal = new AbortController().signal;

function group(name: string, over: Partial<LogGroup> = {}): LogGroup {
  return { name, createdMs: Date.UTC(2026, 0, 1), logClass: "STANDARD", ...over };
}

function setUp(groups: LogGroup[], over: Partial<FakeExportOptions> = {}) {
  const runtime = taskRuntime({ now: NOW });
  const cloud = fakeExport({ now: () => runtime.clock.now(), groups: () => groups, ...over });
  const table = memoryTable();
  const ports: ExportPorts = {
    ...runtime,
    calls: cloud,
    paced: (call) => call(),
    store: exportStore(table, "eu-west-1"),
  };
  const step = (owner = "run-1", bucket = "archive", given = settings) =>
    exportStep(ports, given, { owner, region: "eu-west-1", bucket, signal });
  const runToEnd = async (owner = "run-1", bucket = "archive"): Promise<ExportAnswer> => {
    for (;;) {
      const answer = await step(owner, bucket);
      if (answer.done) return answer;
      runtime.pass(answer.wait * 1000);
    }
  };
  return { runtime, cloud, table, ports, step, runToEnd };
}

const windowsOf = (cloud: FakeExport) =>
  cloud.tasks
    .filter(({ foreign }) => !foreign)
    .map(({ logGroup, fromMs, lastMs }) => [
      logGroup,
      new Date(fromMs).toISOString().slice(0, 10),
      (lastMs + 1 - fromMs) / DAY_MS,
    ]);

describe("a run of the export", () => {
  it("exports each log group day by day, in turn, up to twelve hours ago", async () => {
    const { cloud, runToEnd, runtime } = setUp([group("/app/a"), group("/app/b"), group("/other")]);
    expect(await runToEnd()).toEqual({ done: true, outcome: "finished", exported: 6, failedCount: 0, failed: [] });
    expect(windowsOf(cloud)).toEqual([
      ["/app/a", "2026-11-19", 1],
      ["/app/b", "2026-11-19", 1],
      ["/app/a", "2026-11-20", 1],
      ["/app/b", "2026-11-20", 1],
      ["/app/a", "2026-11-21", 1],
      ["/app/b", "2026-11-21", 1],
    ]);
    expect(runtime.counted.get('ExportsCompleted {"Function":"archive-export"}')).toBe(6);
  });

  it("puts each window under a key of its own", async () => {
    const { cloud, runToEnd } = setUp([group("/app/a#1")]);
    await runToEnd();
    expect(cloud.tasks[0]).toMatchObject({
      bucket: "archive",
      prefix: "exports/region=eu-west-1/log_group=!app!a*1/from=2026-11-19T00-00Z/to=2026-11-20T00-00Z",
      name: expect.stringMatching(/^belfry-export .* 2026-11-19T00:00:00.000Z 2026-11-20T00:00:00.000Z \/app\/a#1$/),
    });
  });

  it("goes on with the next day on the next day, and exports nothing twice", async () => {
    const { cloud, runToEnd, runtime } = setUp([group("/app/a")]);
    await runToEnd();
    expect(await runToEnd("run-2")).toMatchObject({ outcome: "finished", exported: 0 });
    runtime.pass(DAY_MS);
    expect(await runToEnd("run-3")).toMatchObject({ exported: 1 });
    expect(windowsOf(cloud).map(([, day]) => day)).toEqual(["2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22"]);
  });

  it("begins with the oldest event that a log group can hold when no start is given", async () => {
    const young = group("/app/young", { createdMs: NOW - 3 * DAY_MS });
    const short = group("/app/short", { retentionDays: 3 });
    const { cloud, ports, runtime } = setUp([young, short]);
    const all = Export.parse({ logGroups: ["/app/*"] });
    for (let answer: ExportAnswer = { done: false, wait: 0 }; !answer.done; ) {
      answer = await exportStep(ports, all, { owner: "run-1", region: "eu-west-1", bucket: "archive", signal });
      if (!answer.done) runtime.pass(answer.wait * 1000);
    }
    expect(windowsOf(cloud).filter(([name]) => name === "/app/young")).toEqual([
      // As long as it must be for its end to come after the log group's creation.
      ["/app/young", "2026-11-05", 15],
      ["/app/young", "2026-11-20", 1],
      ["/app/young", "2026-11-21", 1],
    ]);
    expect(windowsOf(cloud).find(([name]) => name === "/app/short")?.[1]).toBe("2026-11-19");
  });

  it("leaves out what is excluded, and log groups of the Delivery class", async () => {
    const { cloud, ports } = setUp([group("/app/a"), group("/app/b"), group("/app/c", { logClass: "DELIVERY" })]);
    const some = Export.parse({ logGroups: ["/app/*"], exclude: ["*a"], startAt: "2026-11-21T00:00:00Z" });
    await exportStep(ports, some, { owner: "run-1", region: "eu-west-1", bucket: "archive", signal });
    expect(windowsOf(cloud)).toEqual([["/app/b", "2026-11-21", 1]]);
  });
});

describe("other tasks and other runs", () => {
  it("waits while anyone's task is active", async () => {
    // The service would allow two here: it is not only its limit that holds the export back.
    const { cloud, step, runtime } = setUp([group("/app/a")], { maxActive: 2 });
    cloud.startForeign(90_000);
    const answer = await step();
    expect(answer).toMatchObject({ done: false, wait: expect.any(Number) });
    expect(windowsOf(cloud)).toEqual([]);
    runtime.pass(90_000);
    await step();
    expect(windowsOf(cloud)).toHaveLength(1);
  });

  it("takes the service's limit for busy, not for a failure", async () => {
    // Hidden: the task of another cannot be seen yet, and only the limit tells.
    const { cloud, step, runtime, table } = setUp([group("/app/a")], { hiddenMs: 120_000 });
    cloud.startForeign(60_000);
    expect(await step()).toMatchObject({ done: false });
    expect(table.items.has("export#eu-west-1 log-group#/app/a")).toBe(false);
    runtime.pass(60_000);
    await step();
    expect(windowsOf(cloud)).toHaveLength(1);
  });

  it("ends at once when another run holds the lease, and takes over when that has run out", async () => {
    const { cloud, step, runToEnd, runtime } = setUp([group("/app/a")]);
    await step("run-1");
    expect(await step("run-2")).toMatchObject({ done: true, outcome: "held" });
    runtime.pass(20 * 60_000);
    expect(await runToEnd("run-2")).toMatchObject({ outcome: "finished", exported: 3 });
    expect(windowsOf(cloud)).toHaveLength(3);
  });

  it("pauses before the execution's history is full, and the next run goes on with its task", async () => {
    const { cloud, ports, step, runToEnd } = setUp([group("/app/a")]);
    await step();
    const stored = await ports.store.read(signal);
    if (stored === undefined) throw new Error("nothing is stored");
    await ports.store.write(stored, { ...stored, steps: 2000, version: stored.version + 1 }, signal);
    expect(await step()).toMatchObject({ done: true, outcome: "paused" });
    expect(await runToEnd("run-2")).toMatchObject({ outcome: "finished", exported: 3 });
    expect(windowsOf(cloud)).toHaveLength(3);
  });
});

describe("what goes wrong", () => {
  it("tries a failed window again, reports it after three attempts, and goes on with the other log groups", async () => {
    const ends = ["FAILED", "COMPLETED", "CANCELLED", "COMPLETED", "FAILED"] as const;
    let n = 0;
    const { runToEnd, cloud } = setUp([group("/app/a"), group("/app/b")], {
      fate: () => ({ end: ends[n++] ?? "COMPLETED", durationMs: 5000 }),
    });
    const answer = await runToEnd();
    expect(answer).toMatchObject({
      outcome: "finished",
      exported: 3,
      failedCount: 1,
      failed: [{ logGroup: "/app/a", fromMs: Date.UTC(2026, 10, 19), attempts: 3, reason: "FAILED: " }],
    });
    expect(windowsOf(cloud).filter(([name]) => name === "/app/b")).toHaveLength(3);
    // The next run tries it again.
    expect(await runToEnd("run-2")).toMatchObject({ exported: 3, failedCount: 0 });
  });

  it("reports why the service refuses to create a task", async () => {
    const { runToEnd, runtime } = setUp([group("/app/a")]);
    expect(await runToEnd("run-1", "not-granted")).toMatchObject({
      exported: 0,
      failed: [{ logGroup: "/app/a", reason: expect.stringContaining("InvalidParameterException") }],
    });
    expect(runtime.counted.get('ExportsFailed {"Function":"archive-export"}')).toBe(3);
  });

  it("finds a task again whose id got lost", async () => {
    const { cloud, ports, step, runToEnd } = setUp([group("/app/a")]);
    const { createExportTask } = ports.calls;
    const lossy = {
      ...ports.calls,
      createExportTask: async (...call: Parameters<typeof createExportTask>) => {
        await createExportTask(...call);
        throw new Error("the connection broke");
      },
    };
    const run = { owner: "run-1", region: "eu-west-1", bucket: "archive", signal };
    await expect(exportStep({ ...ports, calls: lossy }, settings, run)).rejects.toThrow("the connection broke");
    expect(await step()).toMatchObject({ done: false });
    expect(await runToEnd()).toMatchObject({ exported: 3 });
    expect(windowsOf(cloud)).toHaveLength(3);
  });

  it("creates a task that was never created once nobody can be at it any more", async () => {
    const { cloud, ports, step, runtime } = setUp([group("/app/a")]);
    const dead = {
      ...ports.calls,
      createExportTask: async (): Promise<string> => {
        throw new Error("the connection broke");
      },
    };
    const run = { owner: "run-1", region: "eu-west-1", bucket: "archive", signal };
    await expect(exportStep({ ...ports, calls: dead }, settings, run)).rejects.toThrow("the connection broke");
    expect(await step()).toEqual({ done: false, wait: 60 });
    expect(windowsOf(cloud)).toEqual([]);
    runtime.pass(20 * 60_000);
    await step();
    expect(windowsOf(cloud)).toHaveLength(1);
  });

  it("creates nothing when it stood still for so long that another run may be at it", async () => {
    const { cloud, ports, runtime } = setUp([group("/app/a")]);
    const slow: ExportPorts["store"] = {
      ...ports.store,
      write: async (previous, next, given) => {
        const written = await ports.store.write(previous, next, given);
        if (next.task !== undefined) runtime.pass(16 * 60_000);
        return written;
      },
    };
    const run = { owner: "run-1", region: "eu-west-1", bucket: "archive", signal };
    expect(await exportStep({ ...ports, store: slow }, settings, run)).toEqual({ done: false, wait: 60 });
    expect(windowsOf(cloud)).toEqual([]);
  });

  it("does not write once it was overtaken", async () => {
    const { ports, cloud, step, runtime } = setUp([group("/app/a")]);
    const { describeLogGroups } = ports.calls;
    const overtaken = {
      ...ports.calls,
      describeLogGroups: async (...call: Parameters<typeof describeLogGroups>) => {
        runtime.pass(20 * 60_000);
        await step("run-2");
        return describeLogGroups(...call);
      },
    };
    const run = { owner: "run-1", region: "eu-west-1", bucket: "archive", signal };
    expect(await exportStep({ ...ports, calls: overtaken }, settings, run)).toEqual({ done: false, wait: 15 });
    expect(await ports.store.read(signal)).toMatchObject({ owner: "run-2" });
    expect(windowsOf(cloud)).toHaveLength(1);
  });
});

it("moves a checkpoint only on from where it is", async () => {
  const { ports } = setUp([]);
  const moved = (fromMs: number, toMs: number) =>
    ports.store.checkpoint(
      { logGroup: "/app/a", fromMs, toMs },
      { exportedToMs: toMs, attempts: 0, run: "run-1", reason: "" },
      signal,
    );
  expect(await moved(0, 1)).toBe(true);
  expect(await moved(1, 2)).toBe(true);
  // By one who stood still since the first.
  expect(await moved(0, 1)).toBe(false);
  expect((await ports.store.checkpoints(signal)).get("/app/a")).toMatchObject({ exportedToMs: 2 });
});
