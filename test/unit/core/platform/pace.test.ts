import { Pace } from "@belfry/core/platform/pace";
import { describe, expect, it } from "vitest";

describe("a pace", () => {
  it("waits for as long as the rate asks", async () => {
    let nowMs = 0;
    const waits: number[] = [];
    const sleep = async (delayMs: number) => {
      waits.push(delayMs);
      nowMs += delayMs;
    };
    const pace = new Pace(100, { now: () => nowMs }, sleep);
    const { signal } = new AbortController();
    expect(pace.piece).toBe(100);
    await pace.took(100, signal);
    nowMs += 700;
    await pace.took(50, signal);
    await pace.took(50, signal);
    expect(waits).toEqual([1000, 300]);
  });

  it("does not wait without a rate", async () => {
    const pace = new Pace(undefined, { now: () => 0 }, () => Promise.reject(new Error("waited")));
    await pace.took(1_000_000, new AbortController().signal);
    expect(pace.piece).toBe(500);
  });

  it("makes up for one second of a pause and no more", async () => {
    let nowMs = 0;
    const waits: number[] = [];
    const pace = new Pace(10, { now: () => nowMs }, async (delayMs) => {
      waits.push(delayMs);
      nowMs += delayMs;
    });
    const { signal } = new AbortController();
    nowMs = 60_000;
    await pace.took(10, signal);
    await pace.took(10, signal);
    expect(waits).toEqual([1000]);
  });
});
