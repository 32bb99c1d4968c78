import { boundAtFirstCall } from "@belfry/functions/handler";
import { required, taskHandler } from "@belfry/functions/task";
import { describe, expect, it } from "vitest";
import { lambdaContext } from "../../support/memory-runtime.ts";
import { taskRuntime } from "../../support/task-runtime.ts";

describe("a handler that runs no pipeline", () => {
  it("gives its body a deadline before Lambda's own, and flushes the metrics", async () => {
    const runtime = taskRuntime();
    const handler = taskHandler("logs-test", runtime, async (event: { n: number }, { signal, remainingMs }) => ({
      n: event.n + 1,
      aborted: signal.aborted,
      remainingMs: remainingMs(),
    }));
    expect(await handler({ n: 1 }, lambdaContext(60_000))).toEqual({ n: 2, aborted: false, remainingMs: 58_500 });
    expect(runtime.flushes()).toBe(1);
  });

  it("takes half of what is left when there is little", async () => {
    const handler = taskHandler("logs-test", taskRuntime(), async (_event: object, { remainingMs }) => remainingMs());
    expect(await handler({}, lambdaContext(1000))).toBe(500);
  });

  it("aborts its signal at the deadline", async () => {
    const handler = taskHandler(
      "logs-test",
      taskRuntime(),
      (_event: object, { signal }) =>
        new Promise<string>((resolve) => signal.addEventListener("abort", () => resolve("aborted"))),
    );
    expect(await handler({}, lambdaContext(20))).toBe("aborted");
  });

  it("logs with the request's id what its body throws, and passes it on", async () => {
    const runtime = taskRuntime();
    const handler = taskHandler("logs-test", runtime, async () => {
      throw new Error("out of order");
    });
    await expect(handler({}, lambdaContext())).rejects.toThrow("out of order");
    expect(runtime.flushes()).toBe(1);
    expect(runtime.logged).toMatchObject([
      { level: "ERROR", function: "logs-test", requestId: lambdaContext().awsRequestId },
    ]);
  });

  it("refuses an event that is no object", async () => {
    const handler = taskHandler("logs-test", taskRuntime(), async (_event: object) => "done");
    await expect(handler("x" as unknown as object, lambdaContext())).rejects.toMatchObject({ code: "BAD_EVENT" });
  });
});

it("binds once, and again after a binding that failed", async () => {
  let bindings = 0;
  const handler = boundAtFirstCall(
    async () => {
      bindings++;
      if (bindings === 1) throw new Error("no configuration yet");
      return bindings;
    },
    (bound) => async () => bound,
  );
  await expect(handler({}, lambdaContext())).rejects.toThrow("no configuration yet");
  expect(await handler({}, lambdaContext())).toBe(2);
  expect(await handler({}, lambdaContext())).toBe(2);
});

it("says which variable is missing and what the stacks set it to", () => {
  expect(required({ A: "x" }, "A", "a thing")).toBe("x");
  expect(() => required({ A: "" }, "A", "a thing")).toThrow("A is not set: the stacks set it to a thing");
});
