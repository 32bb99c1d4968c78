import { isInRange } from "@belfry/core/archive/replay-range";
import { describe, expect, it } from "vitest";

const at = (text: string): number => Date.parse(text);
const range = { startMs: at("2026-11-22T12:30:00Z"), endMs: at("2026-11-22T14:00:00Z") };
const modifiedMs = at("2026-01-01T00:00:00Z");

describe("the range of a replay", () => {
  it.each([
    ["logs/dt=2026-11-22/hour=11/x.gz", false],
    ["logs/dt=2026-11-22/hour=12/x.gz", true],
    ["quarantine/reason=bad/dt=2026-11-22/hour=13/x.gz", true],
    ["logs/dt=2026-11-22/hour=14/x.gz", false],
    ["aws/lambda/1/shardId-0/2026/11/22/2026-11-22T12.29.59-5f1c", false],
    ["aws/lambda/1/shardId-0/2026/11/22/2026-11-22T12.30.00-5f1c", true],
    ["logs/of an unknown layout", false],
  ])("takes %s by the time in its key: %s", (key, expected) => {
    expect(isInRange({ key, modifiedMs }, range)).toBe(expected);
  });

  it("takes the time of writing where the key says none, and all when nothing is asked for", () => {
    expect(isInRange({ key: "x", modifiedMs: range.startMs }, range)).toBe(true);
    expect(isInRange({ key: "x", modifiedMs }, {})).toBe(true);
  });
});
