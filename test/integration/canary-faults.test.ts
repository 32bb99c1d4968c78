// Each fault of a site, as each kind of canary without a browser sees it: with its class, a report, a HAR, and never past its deadline.

import { runApi } from "@belfry/core/canaries/kinds/api";
import { heartbeat } from "@belfry/core/canaries/kinds/heartbeat";
import { links } from "@belfry/core/canaries/kinds/links";
import { runMultiCheck } from "@belfry/core/canaries/kinds/multi-check";
import { runScript } from "@belfry/core/canaries/kinds/script";
import type { RunnerPorts } from "@belfry/core/canaries/run";
import type { ScriptContext } from "@belfry/core/canaries/script";
import type { CanaryInput } from "@belfry/core/config/canaries/schema";
import type { FailureClass } from "@belfry/core/event/failure-class";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ranCanary } from "../support/canary-run.ts";
import { type FaultSite, startFaultSite } from "../support/fault-site.ts";
import { harProblems } from "../support/har-problems.ts";

let site: FaultSite;
beforeAll(async () => {
  site = await startFaultSite();
});
afterAll(() => site.close());

const TIMEOUT_MS = 300;
const SHORT = { timeoutSeconds: 3, retries: { max: 0 }, secrets: { token: "env:TOKEN" } } as const;
const HEADERS = { Authorization: "Bearer ${secret:token}" };

/** Calls a URL, and wants `ok` in its answer. */
const KINDS: Readonly<Record<string, (url: string) => CanaryInput>> = {
  api: (url) => ({
    ...SHORT,
    kind: "api",
    steps: [
      {
        name: "call",
        url,
        headers: HEADERS,
        timeoutMs: TIMEOUT_MS,
        assert: [{ on: "body", contains: "ok" }],
      },
    ],
  }),
  "multi-check": (url) => ({
    ...SHORT,
    kind: "multi-check",
    checks: [
      {
        check: "http",
        name: "call",
        url,
        headers: HEADERS,
        timeoutMs: TIMEOUT_MS,
        assert: [{ on: "body", contains: "ok" }],
      },
    ],
  }),
  heartbeat: (url) => ({
    ...SHORT,
    kind: "heartbeat",
    browser: false,
    urls: [`${url}?token=\${secret:token}`],
    text: "ok",
    stepTimeoutMs: TIMEOUT_MS,
  }),
  script: (url) => ({ ...SHORT, kind: "script", browser: false, entry: url }),
  links: (url) => ({
    ...SHORT,
    kind: "links",
    browser: false,
    url: `${url}?token=\${secret:token}`,
    stepTimeoutMs: TIMEOUT_MS,
  }),
};

const script = (url: string) => ({
  canary: async ({ step, request, expect: must, secret }: ScriptContext) => {
    const headers = { Authorization: `Bearer ${await secret("token")}` };
    await step("call", async () => {
      const answer = await request.get(url, { timeoutMs: TIMEOUT_MS, headers });
      must(answer.ok && answer.text().includes("ok"), `the answer is ${answer.text()}`);
    });
  },
});

const ports = (): Partial<RunnerPorts> => ({
  kinds: { api: runApi, "multi-check": runMultiCheck, heartbeat, script: runScript, links },
  lookup: site.lookup,
  roots: site.roots,
  loadModule: async (path) => script(path),
});

const FAULTS: readonly (readonly [fault: string, url: (site: FaultSite) => string, expected: FailureClass])[] = [
  ["slow", ({ http }) => `${http}/slow`, "timeout"],
  ["hang", ({ http }) => `${http}/hang`, "timeout"],
  ["reset", ({ http }) => `${http}/reset`, "target"],
  ["truncated", ({ http }) => `${http}/truncated`, "target"],
  ["truncated within its compression", ({ http }) => `${http}/truncated-gzip`, "target"],
  ["refused", ({ refused }) => refused, "target"],
  ["wrong certificate", ({ wrongHost }) => `${wrongHost}/ok`, "tls"],
  ["expired certificate", ({ expired }) => `${expired}/ok`, "tls"],
  ["self-signed certificate", ({ selfSigned }) => `${selfSigned}/ok`, "tls"],
  ["no TLS", ({ brokenTls }) => `${brokenTls}/ok`, "tls"],
  ["redirect loop", ({ http }) => `${http}/redirect-loop`, "target"],
  ["redirect to what is no URL", ({ http }) => `${http}/redirect-broken`, "target"],
  ["redirects without end", ({ http }) => `${http}/redirect-on`, "target"],
  ["redirect to the metadata service", ({ http }) => `${http}/redirect-metadata`, "canary"],
  ["redirect to a file", ({ http }) => `${http}/redirect-file`, "canary"],
  ["200 but wrong body", ({ http }) => `${http}/wrong-body`, "assertion"],
  ["500", ({ http }) => `${http}/error`, "assertion"],
  ["DNS failure", () => "http://nowhere.invalid/", "dns"],
  // A CORS outage is only there for a browser: without one the page is as it should be, but for its text.
  ["CORS", ({ http }) => `${http}/cors`, "assertion"],
];

describe.each(Object.keys(KINDS))("%s", (kind) => {
  const canary = (url: string) => KINDS[kind]?.(url) as CanaryInput;

  test.each([
    ["a good answer", (at: FaultSite) => `${at.http}/ok`],
    ["a good answer by TLS", (at: FaultSite) => `${at.https}/ok`],
    ["a compressed answer", (at: FaultSite) => `${at.http}/gzip`],
    ["a redirect", (at: FaultSite) => `${at.http}/redirect`],
  ])("passes by %s", async (_name, url) => {
    const { report, files } = await ranCanary(canary(url(site)), ports());
    expect(report).toMatchObject({ outcome: "passed", steps: [{ status: "passed", details: { phases: {} } }] });
    expect(report.metrics.map(({ name }) => name)).toContain("TimeToFirstByte");
    expect(harProblems(files.get("results.har") ?? "")).toEqual([]);
  });

  test.each(FAULTS)("%s", async (_fault, url, expected) => {
    const { report, files } = await ranCanary(canary(url(site)), ports());
    expect(report.failure?.class, report.failure?.message).toBe(expected);
    expect(report).toMatchObject({ outcome: "failed", steps: [{ status: "failed", failure: { class: expected } }] });
    expect(report.endedMs - report.startedMs).toBeLessThan(SHORT.timeoutSeconds * 1000);
    expect(files.has("SyntheticsReport-FAILED.json")).toBe(true);
    expect(harProblems(files.get("results.har") ?? "")).toEqual([]);
    expect(`${JSON.stringify(report)}${[...files.values()].join("")}`).not.toContain("tok-4711-planted");
  });
});
