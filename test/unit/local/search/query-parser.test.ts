import { parseQuery } from "@belfry/local/search/query-parser";
import { toQueryString } from "@belfry/local/search/query-string";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

const NOW_MS = Date.UTC(2026, 0, 31, 12);
const parse = (text: string) => parseQuery(text, NOW_MS);
/** How the query was understood, in the one spelling that leaves nothing open. */
const canonical = (text: string) => toQueryString(parse(text));

describe("the query language", () => {
  it.each([
    ["destination.port:443", 'destination.port:"443"'],
    ["source.ip:10.0.0.1", 'source.ip:"10.0.0.1"'],
    ["source.ip:2001:db8::1", 'source.ip:"2001:db8::1"'],
    ["user.arn:arn:aws:iam::1:user/ann", 'user.arn:"arn:aws:iam::1:user/ann"'],
    ["cloud.account.id:000000000012", 'cloud.account.id:"000000000012"'],
    ["timeout", 'message:"timeout"'],
    ['"timed out"', 'message:"timed out"'],
    ['user.name:"ann \\"x\\" lee"', 'user.name:"ann \\"x\\" lee"'],
    ["user.name:ann\\ lee", 'user.name:"ann lee"'],
    ["url.path:/health", undefined],
    ["url.path:\\/health*", "url.path:\\/health*"],
    ['labels.a\\:b:"x"', 'labels.a\\:b:"x"'],
    ["host:web-?", "host:web\\-?"],
    ["host:a<*", "host:a?*"],
    ["error.code:*", "_exists_:error.code"],
    ["_exists_:error.code", "_exists_:error.code"],
    ["*", "*:*"],
    ["", "*:*"],
    ["  ", "*:*"],
    ["a:TO", 'a:"TO"'],
    ["and", 'message:"and"'],
  ])("reads %s", (text, expected) => {
    if (expected === undefined) expect(() => parse(text)).toThrow("would start a regular expression");
    else expect(canonical(text)).toBe(expected);
  });

  it("binds NOT closer than AND, and AND closer than OR; words side by side must all match", () => {
    expect(canonical("a OR b c")).toBe('(message:"a" OR (message:"b" AND message:"c"))');
    expect(canonical("a && !b || c")).toBe('((message:"a" AND (*:* AND NOT message:"b")) OR message:"c")');
    expect(canonical("+a -b:1")).toBe('(message:"a" AND (*:* AND NOT b:"1"))');
    expect(canonical("NOT (a OR b:2)")).toBe('(*:* AND NOT (message:"a" OR b:"2"))');
    expect(canonical("code:(500 OR 502)")).toBe('(code:"500" OR code:"502")');
  });

  it("reads ranges with either kind of end, open ends and comparisons", () => {
    expect(canonical("a:[1 TO 5}")).toBe('a:["1" TO "5"}');
    expect(canonical("a:{-1 TO *]")).toBe('a:{"-1" TO *]');
    expect(canonical("a:>=5")).toBe('a:["5" TO *]');
    expect(canonical("a:<-5")).toBe('a:[* TO "-5"}');
    expect(canonical("a:[* TO *]")).toBe("_exists_:a");
  });

  it("takes a date for all of it, and resolves times against the clock that it is given", () => {
    expect(canonical("t:[2026-01-30 TO 2026-01-31]")).toBe(
      't:["2026-01-30T00:00:00.000Z" TO "2026-01-31T23:59:59.999Z"]',
    );
    expect(canonical("t:{2026-01-30 TO 2026-02}")).toBe('t:{"2026-01-30T23:59:59.999Z" TO "2026-02-01T00:00:00.000Z"}');
    expect(canonical("t:>now-15m")).toBe('t:{"2026-01-31T11:45:00.000Z" TO *]');
    expect(canonical("t:<=2026-01-31T08:00+02:00")).toBe('t:[* TO "2026-01-31T06:00:59.999Z"]');
  });

  it("knows address blocks", () => {
    expect(parse("source.ip:10.1.2.3/8")).toMatchObject({ kind: "cidr", first: 10 * 2 ** 24, last: 11 * 2 ** 24 - 1 });
    expect(parse("source.ip:0.0.0.0/0")).toMatchObject({ kind: "cidr", first: 0, last: 2 ** 32 - 1 });
    expect(parse("source.ip:10.1.2.3/33")).toMatchObject({ kind: "term" });
  });

  it.each([
    ["a:", 'cannot read the query at character 3: expected a value for "a", not the end'],
    ["a: AND b", "cannot read the query at character 4: expected a value"],
    ["(a", "cannot read the query at character 1: the group is not closed"],
    ["a)", "cannot read the query at character 2: ) has nothing to belong to"],
    ['a "b', "cannot read the query at character 3: the quotes are not closed"],
    ["a AND", "cannot read the query at character 6: expected a word, a field or a group, not the end"],
    ["OR a", "cannot read the query at character 1: expected a word, a field or a group, not OR"],
    ["a:[1 2]", 'cannot read the query at character 6: expected TO in the range, not "2"'],
    ["a:[1 TO 2", "cannot read the query at character 10: expected ] or } at the end of the range"],
    ["foo~2", "cannot read the query at character 5: fuzzy search (~) is not supported"],
    ["foo^2", "cannot read the query at character 5: weights (^) are not supported"],
    ["message:[a TO b]", 'cannot read the query at character 9: "message" holds text, which has no ranges'],
    [":x", "cannot read the query at character 1: there is no field before the colon"],
    ["(".repeat(200), "groups are nested more than 100 deep"],
  ])("refuses %s with the place and the reason", (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it("reads its own spelling again as the same query", () => {
    const value = fc.string({ minLength: 1, unit: "grapheme" });
    void fc.assert(
      fc.property(value, fc.constantFrom("", "a.b:", "labels.x:"), (text, field) => {
        const written = toQueryString({ kind: "term", field: field === "" ? "message" : field.slice(0, -1), text });
        expect(toQueryString(parse(written))).toBe(written);
      }),
      { numRuns: 1000 },
    );
  });

  it("answers any text with a query or a plain refusal", () => {
    const pieces = fc.array(
      fc.constantFrom(
        "a",
        ":",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        " TO ",
        " AND ",
        " OR ",
        "NOT ",
        "-",
        '"',
        "\\",
        "*",
        "?",
        ">",
        "<=",
        " ",
        "1",
        "/",
        "~",
        "^",
        "é",
        "now-1d",
      ),
    );
    void fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((list) => list.join("")),
        ),
        (text) => {
          try {
            canonical(text);
          } catch (error) {
            expect(error).toMatchObject({ code: "BAD_QUERY" });
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});
