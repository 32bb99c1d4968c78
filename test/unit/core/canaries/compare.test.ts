import { brokenComparison } from "@belfry/core/canaries/checks/compare";
import { jsonValues, parsedJson } from "@belfry/core/canaries/checks/json-values";
import type { ComparisonConfig } from "@belfry/core/config/canaries/comparison";
import { describe, expect, test } from "vitest";

describe("a comparison", () => {
  test.each([
    [[200], { equals: 200 }],
    [[200], { equals: "200" }],
    [[true], { equals: "true" }],
    [[null], { equals: null }],
    [["a"], { notEquals: "b" }],
    [[], { notEquals: "b", notContains: "c", exists: false }],
    [["lamp"], { contains: "am", startsWith: "la", endsWith: "mp", matches: "^l.mp$", exists: true }],
    [[["a", "b"]], { contains: "b" }],
    [[{ a: 1 }], { contains: '"a":1' }],
    [[5], { greaterThan: 4, lessThan: 6, between: [5, 5] }],
    [["5"], { greaterThan: 4 }],
    [["a\nb"], { matches: "a.b" }],
    [[1, 2, 3], { equals: 2 }],
  ] satisfies [unknown[], ComparisonConfig][])("of %j with %j holds", (values, comparison) => {
    expect(brokenComparison("it", values, comparison)).toBeUndefined();
  });

  test.each([
    [[200], { equals: 500 }, "it is 200, expected: equals 500"],
    [["200"], { equals: 200 }, 'it is "200", expected: equals 200'],
    [[], { equals: "a" }, "it is absent"],
    [[], { exists: true }, "it is absent"],
    [["a", "b"], { notEquals: "b" }, 'it are ["a","b"]'],
    [["lamp"], { notContains: "am" }, "notContains"],
    [["x"], { greaterThan: 1 }, "greaterThan"],
    [[""], { lessThan: 1 }, "lessThan"],
    [["lamp"], { contains: "la", endsWith: "x" }, "endsWith"],
  ] satisfies [unknown[], ComparisonConfig, string][])("of %j with %j does not hold", (values, comparison, said) => {
    expect(brokenComparison("it", values, comparison)).toContain(said);
  });

  test("of all values wants each of them, and one at least", () => {
    expect(brokenComparison("TTL", [60, 300], { greaterThan: 59 }, "every")).toBeUndefined();
    expect(brokenComparison("TTL", [60, 300], { greaterThan: 60 }, "every")).toBeDefined();
    expect(brokenComparison("TTL", [], { greaterThan: 0 }, "every")).toBeDefined();
  });

  test("shows the beginning of what is long", () => {
    expect(brokenComparison("it", ["x".repeat(10_000)], { equals: "y" })?.length).toBeLessThan(300);
  });
});

test("JSON is read by RFC 9535, and what is none says how it begins", () => {
  expect(jsonValues(parsedJson('{"a":[{"b":1},{"b":2}]}'), "$.a[?@.b > 1].b")).toEqual([2]);
  expect(() => jsonValues({}, "$[")).toThrow(expect.objectContaining({ failureClass: "canary" }));
  expect(() => parsedJson("<html>")).toThrow(/begins with "<html>"/);
});
