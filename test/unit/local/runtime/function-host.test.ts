import { FunctionHost } from "@belfry/local/runtime/function-host";
import type { Context } from "aws-lambda";
import { describe, expect, it } from "vitest";

let nowMs = 1_000_000;
const host = new FunctionHost({
  account: "111122223333",
  region: "eu-central-1",
  timeoutMs: 5000,
  clock: { now: () => nowMs },
  env: { AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:9" },
});

describe("invoking a handler here", () => {
  it("gives it the context that Lambda would, with the time that is left", async () => {
    const context = await host.invoke("ingest", async (_event: object, given: Context) => given, {});
    expect(context).toMatchObject({
      functionName: "ingest",
      invokedFunctionArn: "arn:aws:lambda:eu-central-1:111122223333:function:ingest",
      logGroupName: "/aws/lambda/ingest",
      xrayTraceId: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=1$/),
    });
    expect(context.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
    nowMs += 2000;
    expect(context.getRemainingTimeInMillis()).toBe(3000);
    nowMs += 10_000;
    expect(context.getRemainingTimeInMillis()).toBe(0);
  });

  it("passes on answers and errors", async () => {
    expect(await host.invoke("f", async (event: number) => event + 1, 1)).toBe(2);
    await expect(host.invoke("f", async () => Promise.reject(new Error("no")), {})).rejects.toThrow("no");
  });
});
