import { compilePattern } from "@belfry/core/patterns/event-pattern";
import { describe, expect, test } from "vitest";

type Row = readonly [list: unknown, matching: readonly unknown[], others: readonly unknown[]];

/** Each row: a field's list in the pattern, values of the field that match it, values that do not. */
function table(rows: readonly Row[]): void {
  for (const [list, matching, others] of rows) {
    const pattern = compilePattern({ detail: { field: list } });
    const verdict = (value: unknown) => pattern.matches({ detail: { field: value } });
    const verdictOfText = (value: unknown) => pattern.matchesText(JSON.stringify({ detail: { field: value } }));
    for (const value of matching) {
      test(`${JSON.stringify(list)} matches ${JSON.stringify(value)}`, () => {
        expect([verdict(value), verdictOfText(value)]).toEqual([true, true]);
      });
    }
    for (const value of others) {
      test(`${JSON.stringify(list)} does not match ${JSON.stringify(value)}`, () => {
        expect([verdict(value), verdictOfText(value)]).toEqual([false, false]);
      });
    }
  }
}

describe("a value in the list", () => {
  table([
    [["ALARM"], ["ALARM", ["OK", "ALARM"]], ["alarm", "ALARM ", "", 1, true, null, {}, [], { ALARM: "ALARM" }]],
    [["ALARM", "OK"], ["ALARM", "OK"], ["INSUFFICIENT_DATA"]],
    [[""], [""], [" ", null, []]],
    [[404], [404, [200, 404]], ["404", 404.5, 4040, null]],
    [[0], [0, -0], ["0", null, false]],
    [[true], [true], ["true", 1, false]],
    [[false], [false], ["false", 0, null, "", true]],
    [[null], [null, [null]], ["null", 0, "", [], {}]],
    [
      ["1", 1],
      ["1", 1],
      [true, "1.0"],
    ],
    [["\u{1f6a8} down"], ["\u{1f6a8} down"], ["\u{1f6a8}", "down"]],
    [[{ exactly: "10.0.0.1" }], ["10.0.0.1"], ["10.0.0.01"]],
  ]);
});

describe("an IP address in the list stands for the address", () => {
  table([
    [["10.0.0.9"], ["10.0.0.9", "010.000.0.9", "::ffff:a00:9"], ["10.0.0.90", "10.0.0.8", "10.0.0", 10]],
    [["2001:db8::f"], ["2001:db8::f", "2001:0DB8:0:0:0:0:0:F"], ["2001:db8::10", "2001:db8::"]],
    [["300.1.1.1"], ["300.1.1.1"], ["300.1.1.01"]],
    [["a:b"], ["a:b"], ["A:b"]],
  ]);
});

describe("prefix and suffix", () => {
  table([
    [[{ prefix: "eu-" }], ["eu-west-1", "eu-"], ["us-east-1", "EU-WEST-1", "e", "", 1, null]],
    [[{ prefix: "" }], ["", "x"], [0, null, true, []]],
    [[{ suffix: ".png" }], ["a.png", ".png"], ["a.PNG", "png", "a.png.bak", 1, null]],
    [[{ suffix: "" }], ["", "x"], [0, null]],
    [[{ suffix: "雨" }], ["大雨"], ["雨大"]],
    [[{ prefix: { "equals-ignore-case": "Err" } }], ["error", "ERR", "eRRor"], ["warn: err", "er", 1]],
    [[{ suffix: { "equals-ignore-case": ".Log" } }], ["a.log", "a.LOG"], ["a.log.gz", "log", 1]],
    // The value is compared within its JSON quotes.
    [[{ prefix: 'done"' }], ["done", 'done"!'], ["done!"]],
    [[{ suffix: '"done' }], ["done", '!"done'], ["!done"]],
    [[{ prefix: { "equals-ignore-case": 'done"' } }], ["DONE"], ["DONE!"]],
    [[{ suffix: { "equals-ignore-case": '"done' } }], ["DONE"], ["!DONE"]],
  ]);
});

describe("equals-ignore-case", () => {
  table([
    [[{ "equals-ignore-case": "Warning" }], ["warning", "WARNING", "wArNiNg"], ["warnings", "warn", "", 1, null]],
    [[{ "equals-ignore-case": "" }], [""], ["x", null]],
    [[{ "equals-ignore-case": "ÄRGER" }], ["ärger"], ["arger"]],
    [[{ "equals-ignore-case": "straße" }], ["STRASSE", "straße", "straSSe"], ["strasse"]],
    // Only the pattern's own letters have two cases: the Kelvin sign is no k of the pattern.
    [[{ "equals-ignore-case": "k" }], ["k", "K"], ["\u212a"]],
    // What AWS makes of characters beyond U+FFFF.
    [[{ "equals-ignore-case": "\u{1f6a8}" }], ["??"], ["\u{1f6a8}"]],
  ]);
});

describe("wildcard", () => {
  table([
    [[{ wildcard: "*" }], ["", "x", "*"], [1, null, true, []]],
    [[{ wildcard: "" }], [""], ["x"]],
    [[{ wildcard: "/app/*/errors" }], ["/app//errors", "/app/a/b/errors"], ["/app/errors", "/app/a/errors/"]],
    [[{ wildcard: "*timeout*" }], ["timeout", "a timeout b"], ["time out", "TIMEOUT"]],
    [[{ wildcard: "a*a" }], ["aa", "aba"], ["a", "ab"]],
    [[{ wildcard: "*ab*ab" }], ["abab", "xab yab"], ["ab", "xab"]],
    [[{ wildcard: "1\\*2" }], ["1*2"], ["1x2", "1\\*2"]],
    [[{ wildcard: "C:\\\\*" }], ["C:\\temp"], ["C:temp"]],
    [[{ wildcard: "*雨*" }], ["大雨だ"], ["雪"]],
    [[{ wildcard: "a*z" }], ["a\nz"], ["a\n"]],
  ]);
});

describe("anything-but", () => {
  table([
    [[{ "anything-but": "running" }], ["stopped", "RUNNING", "", 1, true, null, ["running", "x"]], ["running", [], {}]],
    [[{ "anything-but": 5 }], [6, "5", null, false], [5, 5.0]],
    [[{ "anything-but": ["a", "b"] }], ["c", 0, ["a", "c"]], ["a", "b", ["a", "b"]]],
    [[{ "anything-but": [1, 2] }], [3, "1"], [1, 2]],
    [[{ "anything-but": { prefix: "aws." } }], ["my.app", "AWS.", 1, null], ["aws.ec2", "aws."]],
    [[{ "anything-but": { prefix: ["a", "b"] } }], ["c"], ["ax", "bx"]],
    [[{ "anything-but": { suffix: ".tmp" } }], ["a.txt", 1], ["a.tmp"]],
    [[{ "anything-but": { suffix: [".tmp", ".bak"] } }], ["a"], ["a.tmp", "a.bak"]],
    [[{ "anything-but": { "equals-ignore-case": "Ok" } }], ["okay", 1], ["OK", "ok"]],
    [[{ "anything-but": { "equals-ignore-case": ["Ok", ""] } }], ["no"], ["OK", ""]],
    [[{ "anything-but": { wildcard: "*/bin/*" } }], ["/usr/lib", 1, null], ["/usr/bin/sh"]],
    [[{ "anything-but": { wildcard: ["*a*", "b"] } }], ["c"], ["bab", "b"]],
    [[{ "anything-but": { prefix: [] } }], ["x", 1], [[]]],
    // An address is a string like others here.
    [[{ "anything-but": "10.0.0.1" }], ["10.0.0.01"], ["10.0.0.1"]],
  ]);
});

describe("numeric", () => {
  table([
    [[{ numeric: ["=", 301.8] }], [301.8, [1, 301.8]], [301.81, "301.8", null, true]],
    [[{ numeric: ["<", 10] }], [9.99, -5, 0], [10, 11, "9"]],
    [[{ numeric: ["<=", 10] }], [10], [10.000001]],
    [[{ numeric: [">", 0] }], [0.000001, 1e300], [0, -1, null, false, ""]],
    [[{ numeric: [">=", 0] }], [0], [-0.1]],
    [[{ numeric: [">", 0, "<=", 5] }], [0.5, 5], [0, 5.5]],
    [[{ numeric: [">=", -1, "<", 1] }], [-1, 0.99], [1, -1.01]],
    [[{ numeric: ["<", 0] }, { numeric: [">", 9] }], [-1, 10], [5]],
    [[{ numeric: [">", 5000000000] }], [5000000001], [5000000000]],
  ]);
});

describe("cidr", () => {
  table([
    [[{ cidr: "10.0.0.0/24" }], ["10.0.0.0", "10.0.0.255", "::ffff:a00:7"], ["10.0.1.0", "10.0.0.256", "10.0.0", "x"]],
    [[{ cidr: "10.0.0.77/24" }], ["10.0.0.1"], ["10.0.1.1"]],
    [[{ cidr: "10.0.0.9/31" }], ["10.0.0.8", "10.0.0.9"], ["10.0.0.7", "10.0.0.10"]],
    [[{ cidr: "0.0.0.0/0" }], ["0.0.0.0", "255.255.255.255"], ["", null, true]],
    [[{ cidr: "2001:db8::/33" }], ["2001:db8:7fff::1"], ["2001:db8:8000::", "2001:db9::", "10.0.0.1"]],
    [[{ cidr: "::1/127" }], ["::", "::1"], ["::2", ":::", "1:2", "1::2::3", "1:2:3:4:5:6:7:8:9"]],
    // The digits of an IPv6 address that go beyond an IPv4 range do not count.
    [[{ cidr: "32.1.0.0/16" }], ["32.1.9.9", "2001:db8::1"], ["2002::1"]],
  ]);
});

describe("exists", () => {
  table([
    [[{ exists: true }], ["", 0, false, null, [1], [[1]]], [[], {}, [{}], { inner: 1 }]],
    [[{ exists: false }], [[], {}, { inner: 1 }, [{ inner: 1 }]], ["", null, [1]]],
    [[{ exists: false }, "x"], ["x", []], ["y"]],
  ]);

  test("a field whose parent is missing does not exist", () => {
    const pattern = compilePattern({ detail: { error: { code: [{ exists: false }] } } });
    expect([{}, { detail: {} }, { detail: "text" }, { detail: { error: null } }].map(pattern.matches, pattern)).toEqual(
      [true, true, true, true],
    );
  });
});

describe("numbers as they are spelt", () => {
  const verdicts = (list: string, spellings: readonly string[]) => {
    const pattern = compilePattern(`{"n": [${list}]}`);
    return spellings.filter((spelling) => pattern.matchesText(`{"n": ${spelling}}`));
  };

  test("one number in different spellings is one number", () => {
    expect(verdicts("3e2", ["300", "300.0", "3E+2", "0.3e3", "301", '"300"', '"3e2"'])).toEqual([
      "300",
      "300.0",
      "3E+2",
      "0.3e3",
    ]);
    expect(verdicts('{"anything-but": [1.50]}', ["1.5", "15e-1", "1.51", '"1.5"'])).toEqual(["1.51", '"1.5"']);
  });

  test("a number with more digits than a double has equals only its own spelling, and lies in no range", () => {
    const close = ["9007199254740993", "9007199254740992", "9007199254740993.0", "9007199254740994"];
    expect(verdicts("9007199254740993", close)).toEqual(["9007199254740993"]);
    expect(verdicts('{"numeric": [">", 0]}', close)).toEqual(["9007199254740992", "9007199254740994"]);
    expect(verdicts('{"numeric": [">", 0]}', ["1e400", "1e-400", "1e308"])).toEqual(["1e308"]);
    expect(verdicts('{"anything-but": 1}', ["9007199254740993"])).toEqual(["9007199254740993"]);
  });

  test("digits that decimal notation needs are compared exactly", () => {
    expect(verdicts("0.1", ["0.1", "0.10", "1e-1", "0.1000000000000000055511"])).toEqual(["0.1", "0.10", "1e-1"]);
    expect(verdicts('{"numeric": ["=", 0.30000000000000004]}', ["0.3", "0.30000000000000004"])).toEqual([
      "0.30000000000000004",
    ]);
    expect(verdicts("4.9e-324", ["4.9e-324", "5e-324", "0"])).toEqual(["4.9e-324"]);
  });

  test("a parsed event has lost such digits, and is compared by what is left; a bigint has not", () => {
    const pattern = compilePattern('{"id": [9007199254740993]}');
    expect(pattern.matches(JSON.parse('{"id": 9007199254740993}'))).toBe(true);
    expect(pattern.matches({ id: 9007199254740993n })).toBe(true);
    expect(pattern.matches({ id: 9007199254740991n })).toBe(false);
    expect(compilePattern({ id: [7] }).matches({ id: 7n })).toBe(true);
  });
});
