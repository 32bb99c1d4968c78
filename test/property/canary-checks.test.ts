import { textOf } from "@belfry/core/canaries/checks/compare";
import { extracted } from "@belfry/core/canaries/checks/extract";
import type { RunContext } from "@belfry/core/canaries/context";
import type { ProbeAnswer } from "@belfry/core/canaries/probe/http";
import { Blueprint } from "@belfry/core/config/canaries/blueprint";
import { checksOfBlueprint } from "@belfry/core/config/canaries/blueprint-checks";
import { Canaries } from "@belfry/core/config/canaries/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const masked: string[] = [];
const context = {
  fill: async (template: string) => template,
  mask: (value: string) => void masked.push(value),
} as unknown as RunContext;

const answerOf = (body: string, headers: [string, string][] = []) =>
  ({ body: Buffer.from(body), headers, isCut: false, status: 200 }) as unknown as ProbeAnswer;
const extractor = { group: 0, secret: false } as const;

describe("extraction", () => {
  test("gives the value at a path, texts as they are and all else as JSON", () =>
    fc.assert(
      fc.asyncProperty(fc.string(), fc.jsonValue(), async (key, value) => {
        const answer = answerOf(JSON.stringify({ outer: [{ [key]: value }] }));
        const path = `$.outer[0][${JSON.stringify(key)}]`;
        const { found } = await extracted([{ ...extractor, name: "found", from: "json", path }], answer, context, {});
        // As JSON keeps it: -0 becomes 0 there.
        expect(found).toBe(textOf(JSON.parse(JSON.stringify(value))));
      }),
    ));

  test("gives the group of an expression, of the body or of a header, and masks what is secret", () =>
    fc.assert(
      fc.asyncProperty(
        fc.stringMatching(/^\w{4,20}$/),
        fc.constantFrom("body" as const, "header" as const),
        async (token, from) => {
          const text = `id=7; token=${token}; end`;
          const answer = answerOf(text, [["Set-Token", text]]);
          const wish = {
            ...extractor,
            name: "t",
            from,
            header: "set-token",
            matches: "token=(\\w+)",
            group: 1,
            secret: true,
          };
          expect(await extracted([wish], answer, context, {})).toEqual({ t: token });
          expect(masked.at(-1)).toBe(token);
        },
      ),
    ));

  test("fails as an assertion where there is nothing", async () => {
    const wishes = [
      { ...extractor, name: "a", from: "json", path: "$.b" },
      { ...extractor, name: "a", from: "header", header: "b" },
      { ...extractor, name: "a", from: "body", matches: "b" },
    ] as const;
    for (const wish of wishes) {
      await expect(extracted([wish], answerOf("{}"), context, {})).rejects.toMatchObject({ failureClass: "assertion" });
    }
  });
});

const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,20}$/);
const timeout = fc.option(fc.integer({ min: 1000, max: 300_000 }), { nil: undefined });
const step = fc.oneof(
  fc.record({
    stepName: name,
    checkerType: fc.constant("HTTP"),
    url: fc.webUrl(),
    httpMethod: fc.constantFrom("GET", "POST"),
    timeout,
  }),
  fc.record({
    stepName: name,
    checkerType: fc.constant("DNS"),
    domain: fc.domain(),
    protocol: fc.constantFrom("UDP", "TCP"),
    timeout,
  }),
  fc.record({ stepName: name, checkerType: fc.constant("SSL"), hostname: fc.domain(), sni: fc.boolean(), timeout }),
  fc.record({
    stepName: name,
    checkerType: fc.constant("TCP"),
    hostname: fc.domain(),
    port: fc.integer({ min: 1, max: 65_535 }),
    timeout,
  }),
);

test("a blueprint becomes as many checks as it has steps, in the order of their numbers, which Belfry's own form accepts", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 10 }), (steps) => {
      // Written in another order than their numbers'.
      const numbered = Object.fromEntries(steps.map((one, i) => [String(i + 1), one] as const).reverse());
      const checks = checksOfBlueprint(Blueprint.parse({ steps: numbered }));
      expect(checks.map((check) => check.name)).toEqual(steps.map(({ stepName }) => stepName));
      expect(checks.map(({ timeoutMs }) => timeoutMs)).toEqual(steps.map((one) => one.timeout ?? 5000));
      expect(Canaries.parse({ a: { kind: "multi-check", checks } }).a).toMatchObject({ checks });
    }),
  );
});
