import { Export } from "@belfry/core/config/deploy/export";
import { ConfigSchema } from "@belfry/core/config/schema";
import { exportHandler } from "@belfry/functions/archive/export";
import { expect, it } from "vitest";
import { fakeExport } from "../../support/fake-export.ts";
import { lambdaContext } from "../../support/memory-runtime.ts";
import { memoryTable } from "../../support/memory-table.ts";
import { taskRuntime } from "../../support/task-runtime.ts";

const env = { AWS_REGION: "eu-west-1", BELFRY_EXPORT_BUCKET: "exports", BELFRY_STATE_TABLE: "state" };
const { deploy, ...config } = ConfigSchema.parse({});
const settings = Export.parse({ enabled: true, logGroups: ["/app/*"], startAt: "2026-11-20T00:00:00Z" });

function setUp(over: Partial<typeof env> = {}) {
  const runtime = taskRuntime({
    config: { ...config, deploy: { ...deploy, export: settings } },
    env: { ...env, ...over },
    now: Date.UTC(2026, 10, 22, 13),
  });
  const cloud = fakeExport({
    now: () => runtime.clock.now(),
    groups: () => [{ name: "/app/a", createdMs: Date.UTC(2026, 0, 1), logClass: "STANDARD" }],
  });
  return { runtime, cloud, make: () => exportHandler(runtime, cloud, () => memoryTable()) };
}

it("answers the state machine how long to wait, and at last what was done", async () => {
  const { runtime, cloud, make } = setUp();
  const handler = make();
  const first = await handler({ run: "run-1" }, lambdaContext());
  expect(first).toEqual({ done: false, wait: 15 });
  expect(cloud.tasks[0]).toMatchObject({ bucket: "exports", prefix: expect.stringContaining("region=eu-west-1") });
  for (let answer = first; ; answer = await handler({ run: "run-1" }, lambdaContext())) {
    if (answer.done) {
      expect(answer).toEqual({ done: true, outcome: "finished", exported: 2, failedCount: 0, failed: [] });
      break;
    }
    runtime.pass(answer.wait * 1000);
  }
});

it("refuses an event without a run", async () => {
  const handler = setUp().make();
  await expect(handler({} as { run: string }, lambdaContext())).rejects.toMatchObject({ code: "BAD_EVENT" });
});

it("says which variable is missing", () => {
  expect(setUp({ BELFRY_EXPORT_BUCKET: "" }).make).toThrow("BELFRY_EXPORT_BUCKET is not set");
});
