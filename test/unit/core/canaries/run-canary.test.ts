import { CanaryFailure } from "@belfry/core/canaries/failure";
import type { RunKind } from "@belfry/core/canaries/kind";
import type { RunnerPorts } from "@belfry/core/canaries/run";
import type { CanaryInput } from "@belfry/core/config/canaries/schema";
import { describe, expect, test } from "vitest";
import { ranCanary, TEST_SECRETS } from "../../../support/canary-run.ts";

const API: CanaryInput = { kind: "api", steps: [{ name: "first", url: "http://localhost/" }], timeoutSeconds: 10 };

/** Time that passes only by being waited for. */
function virtualTime(startMs = Date.UTC(2026, 10, 22, 3, 4, 5, 678)): Pick<RunnerPorts, "clock" | "sleep"> {
  let nowMs = startMs;
  const timers: { readonly atMs: number; readonly ring: () => void; readonly signal: AbortSignal | undefined }[] = [];
  const advance = () => {
    const next = timers.filter(({ signal }) => signal?.aborted !== true).sort((a, b) => a.atMs - b.atMs)[0];
    if (next === undefined) return;
    timers.splice(timers.indexOf(next), 1);
    nowMs = Math.max(nowMs, next.atMs);
    next.ring();
  };
  return {
    clock: { now: () => nowMs },
    sleep: (delayMs, signal) =>
      new Promise((resolve) => {
        timers.push({ atMs: nowMs + delayMs, ring: resolve, signal });
        signal?.addEventListener("abort", () => resolve());
        setImmediate(() => setImmediate(advance));
      }),
  };
}

const never = () => new Promise<never>(() => undefined);
const run = (kind: RunKind<"api">, canary: object = {}, ports: Partial<RunnerPorts> = {}) =>
  ranCanary({ ...API, ...canary } as CanaryInput, { ...virtualTime(), kinds: { api: kind }, ...ports });

describe("a run", () => {
  test("passes, with its steps and measurements, and stores its report where AWS's canaries do", async () => {
    const { report, files } = await run(async (context) => {
      await context.step("home", async (step) => {
        step.visited("http://localhost/?token=abc");
        step.metric("TimeToFirstByte", "Milliseconds", 5);
        step.detail("phases", { dns: 1 });
      });
      context.keep({ name: "a.txt", contentType: "text/plain", body: "text" });
    });
    expect(report).toMatchObject({
      outcome: "passed",
      artifactPrefix: "canary/eu-west-1/canary/2026/11/22/03/04-05-678/",
      steps: [
        { name: "home", status: "passed", url: "http://localhost/?token=REDACTED", details: { phases: { dns: 1 } } },
      ],
      metrics: [{ name: "TimeToFirstByte", step: "home" }],
      artifacts: [{ name: "a.txt", bytes: 4 }],
    });
    expect(report.failure).toBeUndefined();
    expect([...files.keys()].sort()).toEqual(["SyntheticsReport-PASSED.json", "a.txt", "report.json"]);
    expect(JSON.parse(files.get("report.json") ?? "")).toEqual(JSON.parse(JSON.stringify(report)));
  });

  test("that hangs reports by its deadline, with the step that hung and what was kept", async () => {
    const { report, files } = await run(async (context) => {
      context.atEnd(
        async (failure) =>
          void context.keep({ name: "late.txt", contentType: "text/plain", body: failure?.class ?? "" }),
      );
      await context.step("hangs", never);
    });
    expect(report.failure?.class).toBe("timeout");
    expect(report.steps).toMatchObject([{ name: "hangs", status: "failed", failure: { class: "timeout" } }]);
    expect(report.endedMs - report.startedMs).toBeLessThanOrEqual(10_000);
    expect(files.get("late.txt")).toBe("timeout");
    expect(files.has("SyntheticsReport-FAILED.json")).toBe(true);
  });

  test("reports though its hooks, its end and its store hang", async () => {
    const { report } = await run(
      async (context) => {
        context.aroundSteps({ after: never });
        context.atEnd(never);
        await context.step("fails", async () => {
          throw new CanaryFailure("assertion", "not so");
        });
      },
      { retries: { max: 0 } },
      { store: { put: never } },
    );
    expect(report).toMatchObject({ outcome: "failed", artifacts: [] });
    expect(report.steps[0]?.name).toBe("fails");
  });

  test("takes nothing from a canary that goes on behind its deadline", async () => {
    let goOn: (() => void) | undefined;
    const { report } = await run(async (context) => {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      context.metric("Late", "Count", 1);
      context.keep({ name: "late", contentType: "text/plain", body: "x" });
    });
    goOn?.();
    await Promise.resolve();
    expect(report).toMatchObject({
      failure: { class: "timeout" },
      metrics: [],
      artifacts: expect.not.arrayContaining([{ name: "late" }]),
    });
  });

  test.each([
    [
      "a step's failure that the canary caught",
      async (context) =>
        void (await context.step("a", () => Promise.reject(new CanaryFailure("dns", "no"))).catch(() => 0)),
      "dns",
    ],
    ["a step within a step", (context) => context.step("a", () => context.step("b", never)), "canary"],
    ["a kind's defect", () => Promise.reject(new TypeError("x is undefined")), "canary"],
    [
      "an error of the network",
      () => Promise.reject(Object.assign(new Error("no"), { code: "ECONNREFUSED" })),
      "target",
    ],
    [
      "an assertion of Node's",
      () => Promise.reject(Object.assign(new Error("no"), { code: "ERR_ASSERTION" })),
      "assertion",
    ],
    ["a browser that is not there", async (context) => void (await context.browser()), "browser"],
    ["a secret that is not there", async (context) => void (await context.secret("env:NONE")), "canary"],
  ] satisfies [string, RunKind<"api">, string][])("fails by %s", async (_name, kind, expected) => {
    expect((await run(kind, { retries: { max: 0 } })).report.failure?.class).toBe(expected);
  });

  test("ends at once when it is broken off", async () => {
    const breakOff = new AbortController();
    const kind: RunKind<"api"> = async () => {
      breakOff.abort(new CanaryFailure("canary", "interrupted"));
      await never();
    };
    const { report } = await ranCanary(API, { kinds: { api: kind } }, breakOff.signal);
    expect(report.failure).toEqual({ class: "canary", message: "interrupted" });
  });
});

describe("files", () => {
  test("keep clear of the runner's own and of folders, and have names that file systems take", async () => {
    const { report, files } = await run(async (context) => {
      for (const name of ["report.json", "..", "../../evil.txt", `${"long".repeat(100)}-failed.png`])
        context.keep({ name, contentType: "text/plain", body: name });
    });
    const names = report.artifacts.map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(["..-..-evil.txt", "file-..", "file-report.json"]);
    expect(names[3]).toMatch(/^long.*-failed\.png$/);
    expect(names[3]).toHaveLength(200);
    expect(JSON.parse(files.get("report.json") ?? "")).toMatchObject({ canary: "canary" });
  });
});

describe("retries", () => {
  const failing = (times: number, failureClass: "target" | "canary" = "target"): RunKind<"api"> => {
    let left = times;
    return async (context) => {
      context.keep({ name: "shot.png", contentType: "image/png", body: Buffer.from([context.attempt]) });
      if (left-- > 0) throw new CanaryFailure(failureClass, "down");
    };
  };

  test("make a run that failed once passed-after-retry, with the evidence of both", async () => {
    const { report } = await run(failing(1));
    expect(report.outcome).toBe("passed-after-retry");
    expect(report.attempts).toMatchObject([{ failure: { class: "target" } }, {}]);
    expect(report.artifacts.map(({ name }) => name)).toEqual(["attempt-2-shot.png", "log.txt", "shot.png"]);
    expect(report.failure).toBeUndefined();
  });

  test("are as many as the canary says, and wait longer each time", async () => {
    const { report } = await run(failing(9), { retries: { max: 3, backoff: "100ms" } });
    expect(report).toMatchObject({ outcome: "failed", failure: { class: "target" } });
    const waits = report.attempts.slice(1).map(({ startedMs }, i) => startedMs - (report.attempts[i]?.endedMs ?? 0));
    expect(waits).toEqual([50, 100, 200]);
  });

  test("are not made of a fault of the canary's own, or when there is no time for one", async () => {
    expect((await run(failing(1, "canary"))).report.attempts).toHaveLength(1);
    expect((await run(failing(1), { retries: { max: 1, backoff: "1m" } })).report.attempts).toHaveLength(1);
  });
});

describe("secrets", () => {
  const password = TEST_SECRETS["env:PASSWORD"] ?? "";

  test("are masked in errors, logs, steps and files, also in those that were kept before", async () => {
    const kind: RunKind<"api"> = async (context) => {
      context.keep({ name: "a.har", contentType: "application/json", body: JSON.stringify({ text: password }) });
      const value = await context.fill("user:${secret:password}");
      context.logger.info(`read ${value}`, { value, error: new Error(value) });
      await context.step(`as ${value}`, async (step) => {
        step.detail("headers", [{ name: "x", value }]);
        throw new CanaryFailure("target", `no ${encodeURIComponent(password)} or ${JSON.stringify(password)}`);
      });
    };
    const { report, files } = await run(kind, { secrets: { password: "env:PASSWORD" } });
    const everything = JSON.stringify(report) + [...files.values()].join("\n");
    expect(everything).toContain("REDACTED");
    for (const form of [password, JSON.stringify(password).slice(1, -1), encodeURIComponent(password)]) {
      expect(everything).not.toContain(form);
    }
  });

  test("are not read by what was filled in", async () => {
    let filled = "";
    await run(async (context) => {
      filled = await context.fill("${x} $${x} ${x}", { x: "${secret:env:TOKEN}" });
    });
    expect(filled).toBe("${secret:env:TOKEN} ${x} ${secret:env:TOKEN}");
  });
});
