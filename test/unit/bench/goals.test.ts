import { expect, test } from "vitest";
import { type Goal, isGuarded, keeps } from "../../bench/goals.ts";

const cost: Goal = { id: "T", says: "cost", bound: 2, guard: 3, direction: "atMost" };
const lead: Goal = { id: "P", says: "lead", bound: 3, guard: 2, direction: "atLeast" };

test("a value on its bound keeps it", () => {
  expect(keeps(cost, 2)).toBe(true);
  expect(keeps(lead, 3)).toBe(true);
});

test("a value beyond its bound misses it", () => {
  expect(keeps(cost, 2.01)).toBe(false);
  expect(keeps(lead, 2.99)).toBe(false);
});

test("a value between bound and guard misses the one and keeps the other", () => {
  expect([isGuarded(cost, 3), isGuarded(lead, 2)]).toEqual([true, true]);
  expect([isGuarded(cost, 3.01), isGuarded(lead, 1.99)]).toEqual([false, false]);
});

test("a goal without a guard is only told", () => {
  expect(isGuarded({ id: "C", says: "told", bound: 1, direction: "atMost" }, 100)).toBe(true);
});
