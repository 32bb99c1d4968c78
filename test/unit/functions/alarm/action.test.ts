import { alarmActionHandler } from "@belfry/functions/alarm/action";
import { expect, it } from "vitest";
import { LambdaWorld } from "../../../support/lambda-world.ts";
import { lambdaContext } from "../../../support/memory-runtime.ts";

const ACTION = {
  source: "aws.cloudwatch",
  alarmArn: "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-5xx",
  accountId: "111122223333",
  time: "2026-11-22T12:00:00.000+0000",
  region: "eu-west-1",
  alarmData: { alarmName: "orders-5xx", state: { value: "ALARM", timestamp: "2026-11-22T12:00:00.000+0000" } },
};

it("takes in an alarm, and nothing else", async () => {
  const world = new LambdaWorld({ config: {} });
  const handler = alarmActionHandler(world.runtime());
  expect(await handler(ACTION, lambdaContext())).toBeNull();
  expect(world.queues.timers).toHaveLength(1);
  await expect(handler({ a: 1 }, lambdaContext())).rejects.toMatchObject({ code: "BAD_EVENT" });
});
