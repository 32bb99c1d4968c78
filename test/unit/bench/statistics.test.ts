import { expect, test } from "vitest";
import { ratios, spreadOf } from "../../bench/statistics.ts";

test("the median of an odd number of values is the middle one, whatever their order", () => {
  expect(spreadOf([5, 1, 3, 2, 4])).toEqual({ value: 3, low: 2, high: 4 });
});

test("between two values the quartiles lie on the line", () => {
  expect(spreadOf([1, 2, 3, 4])).toEqual({ value: 2.5, low: 1.75, high: 3.25 });
});

test("one value is its own median and quartiles", () => {
  expect(spreadOf([7])).toEqual({ value: 7, low: 7, high: 7 });
});

test("ratios are taken pair by pair", () => {
  expect(ratios([2, 9], [1, 3])).toEqual([2, 3]);
});
