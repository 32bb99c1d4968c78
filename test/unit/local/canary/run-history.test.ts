import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunReport } from "@belfry/core/canaries/report";
import { folderBaselines } from "@belfry/local/canary/folder-stores";
import { openRunHistory, type RunHistory } from "@belfry/local/canary/run-history";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
let history: RunHistory;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "belfry-history-"));
  history = openRunHistory(join(folder, "canaries", "runs.sqlite"));
});
afterEach(() => {
  history.close();
  rmSync(folder, { recursive: true });
});

const report = (canary: string, number: number): RunReport => ({
  canary,
  kind: "api",
  runId: `${String(number).padStart(8, "0")}-${canary}`,
  region: "local",
  outcome: "passed",
  startedMs: number,
  endedMs: number + 1,
  attempts: [],
  steps: [],
  metrics: [],
  requests: { _2xx: 0, _3xx: 0, _4xx: 0, _5xx: 0, failed: 0 },
  artifacts: [],
  artifactPrefix: `canary/local/${canary}/${number}/`,
});

test("gives the latest runs first, of one canary or of all, and finds one by the digits of its id", () => {
  for (const [name, number] of [
    ["a", 1],
    ["b", 2],
    ["a", 3],
  ] as const)
    history.note(report(name, number));
  expect(history.latest("a", 9).map(({ startedMs }) => startedMs)).toEqual([3, 1]);
  expect(history.latest(undefined, 2).map(({ startedMs }) => startedMs)).toEqual([3, 2]);
  expect(history.find("00000002")).toEqual([report("b", 2)]);
  expect(history.find("0000")).toHaveLength(2);
  expect(history.find("00000004")).toEqual([]);
});

test("forgets what a hundred runs of the same canary came after, and says where its files are", () => {
  history.note(report("seldom", 0));
  const forgotten = Array.from({ length: 102 }, (_, i) => history.note(report("often", i + 1))).flat();
  expect(forgotten).toEqual(["canary/local/often/1/", "canary/local/often/2/"]);
  expect(history.latest("seldom", 9)).toHaveLength(1);
  expect(history.latest("often", 999)).toHaveLength(100);
});

test("two processes may use it at once", () => {
  const other = openRunHistory(join(folder, "canaries", "runs.sqlite"));
  history.note(report("a", 1));
  other.note(report("a", 2));
  expect(history.latest("a", 9)).toHaveLength(2);
  other.close();
});

test("baselines are listed by what their names begin with, also in the middle of one", async () => {
  const { signal } = new AbortController();
  const store = folderBaselines(join(folder, "baselines"));
  expect(await store.list("front/", signal)).toEqual([]);
  await store.write("front/home/1024x640/153.png", Buffer.from("a"), signal);
  await store.write("front/home/1024x640/153.first.png", Buffer.from("b"), signal);
  await store.write("frontier/home/1024x640/153.png", Buffer.from("c"), signal);
  expect(await store.list("front/home/1024x640/153.f", signal)).toEqual(["front/home/1024x640/153.first.png"]);
  expect(await store.list("front/", signal)).toHaveLength(2);
  expect(Buffer.from((await store.read("frontier/home/1024x640/153.png", signal)) ?? []).toString()).toBe("c");
  expect(await store.read("front/nowhere.png", signal)).toBeUndefined();
});
