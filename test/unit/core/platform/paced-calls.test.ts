import { AwsCallError } from "@belfry/core/platform/aws-call";
import { pacedCalls } from "@belfry/core/platform/paced-calls";
import { expect, it } from "vitest";
import { taskRuntime } from "../../../support/task-runtime.ts";

const signal = new AbortController().signal;
const throttled = () => new AwsCallError("logs:X", Object.assign(new Error("slow"), { name: "ThrottlingException" }));

it("makes no more calls in a second than the pace allows", async () => {
  const runtime = taskRuntime({ now: 0 });
  const paced = pacedCalls({ ...runtime, perSecond: 4 });
  const times: number[] = [];
  for (let i = 0; i < 8; i++) await paced(async () => times.push(runtime.clock.now()), signal);
  expect(times.at(-1)).toBeGreaterThanOrEqual(1750);
});

it("backs off from throttling, longer each time, and gives up in the end", async () => {
  const runtime = taskRuntime({ now: 0 });
  const paced = pacedCalls({ ...runtime, perSecond: 1000 });
  const times: number[] = [];
  const call = async () => {
    times.push(runtime.clock.now());
    throw throttled();
  };
  await expect(paced(call, signal)).rejects.toThrow("ThrottlingException");
  expect(times).toHaveLength(8);
  const pauses = times.slice(1).map((at, i) => at - times[i]);
  expect(pauses[0]).toBeGreaterThanOrEqual(250);
  expect(pauses[4]).toBeGreaterThan(pauses[1]);
});

it("raises at once what is no throttling", async () => {
  const paced = pacedCalls({ ...taskRuntime(), perSecond: 5 });
  let calls = 0;
  const call = async () => {
    calls++;
    throw new Error("refused");
  };
  await expect(paced(call, signal)).rejects.toThrow("refused");
  expect(calls).toBe(1);
});

it("makes no call after the deadline", async () => {
  const paced = pacedCalls({ ...taskRuntime(), perSecond: 5 });
  await expect(paced(async () => "called", AbortSignal.abort())).rejects.toThrow();
});
