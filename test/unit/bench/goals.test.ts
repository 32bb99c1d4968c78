import { expect, test } from "vitest";
import { boundOf, type Goal, keeps } from "../../bench/goals.ts";

const cost: Goal = { id: "T", says: "cost", bound: 2, direction: "atMost" };
const lead: Goal = { id: "P", says: "lead", bound: 3, direction: "atLeast" };

test("a value on its bound keeps it", () => {
  expect(keeps(cost, 2, false)).toBe(true);
  expect(keeps(lead, 3, false)).toBe(true);
});

test("a value beyond its bound misses it", () => {
  expect(keeps(cost, 2.01, false)).toBe(false);
  expect(keeps(lead, 2.99, false)).toBe(false);
});

test("a short run gives a quarter, in the direction of the bound", () => {
  expect(boundOf(cost, true)).toBe(2.5);
  expect(boundOf(lead, true)).toBeCloseTo(2.4);
});
