import { Blueprint } from "@belfry/core/config/canaries/blueprint";
import { checksOfBlueprint } from "@belfry/core/config/canaries/blueprint-checks";
import { Canaries, needsBrowser } from "@belfry/core/config/canaries/schema";
import { parseConfig } from "@belfry/core/config/load";
import { describe, expect, test } from "vitest";
import * as z from "zod";

const API = { kind: "api", steps: [{ name: "a", url: "https://example.com/" }] };
const problems = (canary: object) =>
  Canaries.safeParse({ a: canary }).error?.issues.map(({ message }) => message) ?? [];

describe("the configuration of canaries", () => {
  test("has a JSON Schema, with each kind", () => {
    const schema = JSON.stringify(z.toJSONSchema(Canaries, { io: "input" }));
    for (const kind of ["heartbeat", "api", "links", "visual", "recording", "workflow", "multi-check", "script"]) {
      expect(schema).toContain(`"const":"${kind}"`);
    }
  });

  test("has defaults", () => {
    expect(Canaries.parse({ a: API }).a).toMatchObject({
      schedule: "rate(5 minutes)",
      expect: "pass",
      retries: { max: 1 },
      alarm: { failedRuns: 2, ofRuns: 3 },
      backend: { type: "belfry" },
      allow: { metadataAddresses: false },
    });
  });

  test.each([
    [{ ...API, schedule: "every day" }, "expected rate(5 minutes)"],
    [{ ...API, expect: "fail:weather" }, "Invalid option"],
    [{ ...API, timeoutSeconds: 841 }, "Too big"],
    [{ ...API, retries: { backoff: "soon" } }, "is no duration"],
    [{ ...API, secrets: { password: "hunter2" } }, "not the secret itself"],
    [{ ...API, more: 1 }, "Unrecognized key"],
    [{ ...API, steps: [{ ...API.steps[0], assert: [{ on: "status" }] }] }, "compares with nothing"],
    [{ ...API, steps: [{ ...API.steps[0], assert: [{ on: "body", matches: "(" }] }] }, "no regular expression"],
    [{ kind: "multi-check" }, "needs checks, or a blueprint"],
    [{ ...API, backend: { type: "synthetics", runtime: "node" } }, "expected a runtime"],
  ])("refuses %j", (canary, message) => {
    expect(problems(canary).join("\n")).toContain(message);
  });

  test.each(["rate(1 minute)", "rate(5 minutes)", "cron(0 8 * * ? *)", "once"])("takes the schedule %s", (schedule) => {
    expect(problems({ ...API, schedule })).toEqual([]);
  });

  test.each(["at(2026-02-30T08:00:00)", "cron(99 8 * * ? *)"])("refuses the schedule %s", (schedule) => {
    expect(() => parseConfig({ canaries: { a: { ...API, schedule } } }, "test")).toThrow("canaries.a.schedule");
  });

  test("knows which canaries need a browser", () => {
    const canaries = Canaries.parse({
      a: API,
      b: { kind: "heartbeat", urls: ["https://example.com/"] },
      c: { kind: "heartbeat", urls: ["https://example.com/"], browser: false },
      d: { kind: "script", entry: "a.ts", browser: false },
    });
    expect(Object.values(canaries).map(needsBrowser)).toEqual([false, true, false, false]);
  });
});

describe("a blueprint of CloudWatch Synthetics", () => {
  test("becomes checks in the order of their numbers, with its time-outs", () => {
    const blueprint = Blueprint.parse({
      globalSettings: { stepTimeout: 20_000, userAgent: "mine" },
      variables: { limit: "7000" },
      steps: {
        "10": { stepName: "last", checkerType: "TCP", hostname: "example.com", port: 5432, encoding: "HEX" },
        "2": {
          stepName: "second",
          checkerType: "HTTP",
          url: "https://example.com/${id}",
          httpMethod: "GET",
          timeout: "${limit}",
          waitTime: 2,
          authentication: { type: "BASIC", username: "u", password: "${AWS_SECRET:shop:password}" },
          extractors: [{ name: "id", type: "BODY", path: "$.id", regex: "(\\d+)", regexGroup: 1 }],
          assertions: [
            { type: "STATUS_CODE", operator: "IN_RANGE", rangeMin: 200, rangeMax: 204 },
            { type: "BODY", target: "TEXT", operator: "EXISTS", value: true },
          ],
        },
        "1": {
          stepName: "first",
          checkerType: "SSL",
          hostname: "example.com",
          assertions: [{ type: "CERTIFICATE_EXPIRY", operator: "GREATER_THAN", value: 48, unit: "HOURS" }],
        },
      },
    });
    const checks = checksOfBlueprint(blueprint);
    expect(checks).toMatchObject([
      { check: "tls", name: "first", timeoutMs: 20_000, assert: [{ on: "expiryDays", greaterThan: 2 }] },
      {
        check: "http",
        name: "second",
        timeoutMs: 7000,
        waitMs: 2000,
        headers: { "User-Agent": "mine" },
        auth: { type: "basic" },
        extract: [{ name: "id", from: "json", matches: "(\\d+)", group: 1 }],
        assert: [
          { on: "status", between: [200, 204] },
          { on: "body", exists: true },
        ],
      },
      { check: "tcp", name: "last", encoding: "hex", timeoutMs: 20_000 },
    ]);
    expect(Canaries.parse({ a: { kind: "multi-check", checks } }).a).toMatchObject({ checks });
  });
});
