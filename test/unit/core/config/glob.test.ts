import { glob } from "@belfry/core/config/glob";
import { expect, it } from "vitest";

it.each([
  ["/aws/lambda/*", "/aws/lambda/orders", true],
  ["/aws/lambda/*", "/aws/lambda/", true],
  ["/aws/lambda/*", "/aws/lambd", false],
  ["*-prod", "orders-prod", true],
  ["*-prod", "orders-prod-2", false],
  ["a*b*c", "a-b-c", true],
  ["a*b*c", "abc", true],
  ["a*b*c", "acb", false],
  ["ab*ba", "aba", false],
  ["*", "", true],
  ["a.c", "abc", false],
  ["exact", "exact", true],
  ["exact", "exactly", false],
  ["a**b", "axb", true],
])("%s against %s: %s", (pattern, name, expected) => {
  expect(glob(pattern)(name)).toBe(expected);
});
