import fc from "fast-check";
import { expect, it } from "vitest";
import { fullJitterMs, sleep } from "../../../../packages/core/src/platform/retry.ts";

it("waits between nothing and the exponential bound, never more than the cap", () => {
  const policies = fc.record({
    attempt: fc.nat(2000),
    baseMs: fc.integer({ min: 1, max: 10_000 }),
    capMs: fc.integer({ min: 1, max: 600_000 }),
    draw: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });
  fc.assert(
    fc.property(policies, ({ attempt, baseMs, capMs, draw }) => {
      const delayMs = fullJitterMs(attempt, { baseMs, capMs }, () => draw);
      expect(Number.isInteger(delayMs)).toBe(true);
      expect(delayMs).toBeGreaterThanOrEqual(0);
      expect(delayMs).toBeLessThan(Math.min(capMs, baseMs * 2 ** attempt));
    }),
    { numRuns: 1000 },
  );
});

it("doubles the bound with each attempt", () => {
  const almostOne = () => 0.999_999;
  const bounds = [0, 1, 2, 3, 4].map((attempt) => fullJitterMs(attempt, { baseMs: 100, capMs: 1000 }, almostOne));
  expect(bounds).toEqual([99, 199, 399, 799, 999]);
});

it("ends a sleep when the signal aborts, also one that was aborted before", async () => {
  const controller = new AbortController();
  const sleeping = sleep(3_600_000, controller.signal);
  controller.abort();
  await sleeping;
  await sleep(3_600_000, controller.signal);
  await sleep(0);
});
