import { parseDuration } from "@belfry/core/config/oncall/duration";
import { matchersText, parseMatchers } from "@belfry/core/config/oncall/label-matcher";
import { describe, expect, it } from "vitest";

describe("parseMatchers", () => {
  it("reads the four operators, quotes or none, braces or none, several in a text", () => {
    expect(parseMatchers('{env=~"prod.*", team!=ops , a!~b,}')).toEqual([
      { name: "env", operator: "=~", value: "prod.*" },
      { name: "team", operator: "!=", value: "ops" },
      { name: "a", operator: "!~", value: "b" },
    ]);
    expect(parseMatchers(' severity = "critical" ')).toEqual([{ name: "severity", operator: "=", value: "critical" }]);
    expect(parseMatchers("{}")).toEqual([]);
    expect(parseMatchers('a=""')).toEqual([{ name: "a", operator: "=", value: "" }]);
  });

  it("takes commas, quotes and line ends within quotes, and the backslashes of expressions", () => {
    expect(parseMatchers(String.raw`a="x,y\"z\\n\n",b=~"foo\.bar"`)).toEqual([
      { name: "a", operator: "=", value: 'x,y"z\\n\n' },
      { name: "b", operator: "=~", value: "foo\\.bar" },
    ]);
  });

  it.each(["a", '{a="b"', 'a="b', 'a=b"c', "1a=b", "=b", 'a="b"c"', "a==~b,,"])("refuses %s", (text) => {
    expect(() => parseMatchers(text)).toThrow(/matcher/);
  });

  it("writes what it has read, in one order", () => {
    const text = String.raw`{a="x\"y",b!="1",b=~"1|2"}`;
    expect(matchersText(parseMatchers(String.raw`{b=~"1|2",b!="1",a="x\"y"}`))).toBe(text);
    expect(matchersText(parseMatchers(text))).toBe(text);
  });
});

describe("parseDuration", () => {
  it("reads Prometheus's durations", () => {
    expect(["0s", "30s", "1h30m", "2d", "1w", "500ms"].map(parseDuration)).toEqual([
      0, 30_000, 5_400_000, 172_800_000, 604_800_000, 500,
    ]);
  });

  it.each(["", "5", "5 m", "m5", "1m1h", "-1s"])("refuses %j", (text) => {
    expect(() => parseDuration(text)).toThrow(/no duration/);
  });
});
