import { Retention } from "@belfry/core/config/deploy/retention";
import { ConfigSchema } from "@belfry/core/config/schema";
import { retentionHandler } from "@belfry/functions/logs/retention";
import { expect, it } from "vitest";
import { fakeLogGroups } from "../../support/fake-log-groups.ts";
import { lambdaContext } from "../../support/memory-runtime.ts";
import { taskRuntime } from "../../support/task-runtime.ts";

const { deploy, ...config } = ConfigSchema.parse({});

it("enforces what the configuration says, from an event of a schedule, and logs what it did", async () => {
  const runtime = taskRuntime({
    config: { ...config, deploy: { ...deploy, retention: Retention.parse({ days: 90 }) } },
  });
  const cloud = fakeLogGroups([{ name: "/a", createdMs: 0, logClass: "STANDARD", retentionDays: 7 }], () => 0);
  const event = { source: "aws.scheduler" } as { nextToken?: string };
  expect(await retentionHandler(runtime, cloud)(event, lambdaContext())).toMatchObject({ seen: 1, changed: 1 });
  expect(cloud.changes).toEqual(["putRetention /a 90"]);
  expect(runtime.logged.at(-1)).toMatchObject({ level: "INFO", function: "logs-retention", changed: 1 });
});
