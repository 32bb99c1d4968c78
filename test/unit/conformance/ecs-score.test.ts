import { describe, expect, it } from "vitest";
import { compareDocuments } from "../../conformance/ecs-score.ts";

describe("compareDocuments", () => {
  it("scores the share of expected leaves that are equal, whatever else there is", () => {
    const expected = { a: 1, b: { c: "x", d: true }, e: null };
    expect(compareDocuments(expected, { a: 1, b: { c: "y" }, e: null, more: 1 })).toEqual({
      score: 0.5,
      different: ["b.c", "b.d"],
    });
  });

  it("takes lists as sets and empty objects as absent", () => {
    const expected = { list: [{ b: 1, a: {} }, "x"], nothing: {} };
    expect(compareDocuments(expected, { list: ["x", { b: 1 }, "x"] }).score).toBe(1);
    expect(compareDocuments({ list: ["x"] }, { list: "x" }).score).toBe(0);
  });

  it("leaves out what depends on databases, clocks and Java's notation of maps", () => {
    const expected = {
      source: { geo: { city_name: "x" }, as: { number: 1 } },
      user_agent: { os: { name: "x" }, device: { name: "x" }, name: "x", version: "1", original: "kept" },
      ecs: { version: "8.0.0" },
      event: { created: "x", ingested: "x" },
      related: { ip: ["x"] },
      network: { community_id: "x" },
      tags: ["x"],
      text: "{a=b, c={d=e}}",
    };
    expect(compareDocuments(expected, {})).toEqual({ score: 0, different: ["user_agent.original"] });
  });
});
