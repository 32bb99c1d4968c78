import { indexName } from "@belfry/core/sinks/index-name";
import { describe, expect, it } from "vitest";
import { NOW_MS } from "../../../support/sink-batch.ts";

const DAY_MS = 86_400_000;

describe("indexName", () => {
  it.each([
    ["now", NOW_MS, "2026.11.22"],
    ["the first millisecond of a day", Date.UTC(2026, 10, 1), "2026.11.01"],
    ["the last millisecond of a day", Date.UTC(2026, 10, 1) - 1, "2026.10.31"],
    ["a day ahead", NOW_MS + DAY_MS, "2026.11.23"],
    ["more than a day ahead", NOW_MS + DAY_MS + 1, "undated"],
    ["as old as the retention", NOW_MS - 30 * DAY_MS, "2026.10.23"],
    ["older than the retention", NOW_MS - 30 * DAY_MS - 1, "undated"],
    ["no time", Number.NaN, "undated"],
  ])("puts an event of %s into %s", (_name, timeMs, suffix) => {
    expect(indexName("aws.vpcflow", timeMs, NOW_MS, 30)).toBe(`belfry-aws.vpcflow-${suffix}`);
  });

  it("is the same whenever the event arrives within its retention", () => {
    const later = NOW_MS + 29 * DAY_MS;
    expect(indexName("app.json", NOW_MS, later, 30)).toBe(indexName("app.json", NOW_MS, NOW_MS, 30));
  });

  it("makes a valid name of any class", () => {
    const name = indexName(`My "Class"/*?<>|, #${"x".repeat(300)}`, NOW_MS, NOW_MS, 30);
    expect(name).toMatch(/^belfry-my--class-[a-z0-9._-]+-2026\.11\.22$/);
    expect(name.length).toBeLessThan(255);
    expect(indexName("", NOW_MS, NOW_MS, 30)).toBe("belfry-unknown-2026.11.22");
  });
});
