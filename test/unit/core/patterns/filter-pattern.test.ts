import { compileFilterPattern } from "@belfry/core/patterns/filter-pattern";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

// The examples of https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html, with messages like those of the page.
const matching = (pattern: string, messages: readonly string[]) =>
  messages.filter((message) => compileFilterPattern(pattern).matches(message));

describe("unstructured filter patterns", () => {
  const error = "[ERROR 400] BAD REQUEST";
  const warn = "[WARN 12] Failed to process the request";
  const both = "ERROR WARN message";
  const all = [error, warn, both];

  it.each([
    ["", all],
    ['" "', all],
    ["ERROR", [error, both]],
    ["error", []],
    ["ERROR WARN", [both]],
    ["?ERROR ?WARN", all],
    ['"BAD REQUEST"', [error]],
    ["ERROR -WARN", [error]],
    ['"ERROR" - "WARN"', [error]],
    ["-ERROR", [warn]],
    ["Failed to process the request", [warn]],
    ["%ERR|FAIL%", [error, both]],
    ["%\\d{3}%", [error]],
    ["?Failed ERROR", [error, both]],
  ])("%s", (pattern, expected) => {
    expect(matching(pattern, all)).toEqual(expected);
  });

  it("finds an address in a message", () => {
    const lines = ["from 127.0.0.1 port 22", "from 127.0.0.31 port 22", "from 127.0.0.11 port 22"];
    expect(matching("%127\\.0\\.0\\.[0-9]{2}%", lines)).toEqual(lines.slice(1));
    expect(matching('"127.0.0.31"', lines)).toEqual([lines[1]]);
  });
});

describe("JSON filter patterns", () => {
  const trail = JSON.stringify({
    eventType: "UpdateTrail",
    sourceIPAddress: "111.111.111.111",
    arrayKey: ["value", "another value"],
    objectList: [
      { name: "a", id: 1 },
      { name: "b", id: 2 },
    ],
    SomeObject: null,
    ThisFlag: true,
    latency: 1200.5,
  });

  it.each([
    '{ $.eventType = "UpdateTrail" }',
    "{$.eventType=UpdateTrail}",
    "{ $.eventType = *Trail }",
    '{ $.eventType = "Update*" }',
    "{ $.eventType = %[Uu]pdate% }",
    "{ $.sourceIPAddress != 123.123.* }",
    "{ $.sourceIPAddress = %111\\.111\\.111\\.1[0-9]{1,2}% }",
    '{ $.arrayKey[0] = "value" }',
    '{ $.arrayKey[*] = "another value" }',
    "{ $.objectList[1].id = 2 }",
    "{ $.objectList[*].id = 2 }",
    "{ $.SomeObject IS NULL }",
    "{ $.SomeOtherObject NOT EXISTS }",
    "{ $.ThisFlag IS TRUE }",
    "{ $.latency = * }",
    "{ $.latency > +1000 && $.latency <= 1.2005e3 }",
    "{ ($.eventType = nope || $.latency >= 500) && $.objectList[0].name != b }",
    '{ $.eventType = "UpdateTrail" || $.latency = 0 && $.latency = 1 }',
  ])("matches: %s", (pattern) => {
    expect(compileFilterPattern(pattern).matches(trail)).toBe(true);
  });

  it.each([
    "{ $.eventType = Ev*ent }",
    "{ $.eventType = update* }",
    "{ $.arrayKey = value }",
    "{ $.arrayKey != value }",
    "{ $.absent != value }",
    "{ $.eventType[0] = U }",
    "{ $.objectList[7].id = 2 }",
    "{ $.SomeOtherObject IS NULL }",
    "{ $.SomeObject NOT EXISTS }",
    "{ $.ThisFlag IS FALSE }",
    "{ $.eventType > 3 }",
    "{ ($.eventType = UpdateTrail || $.latency = 0) && $.latency = 1 }",
  ])("does not match: %s", (pattern) => {
    expect(compileFilterPattern(pattern).matches(trail)).toBe(false);
  });

  const compound = JSON.stringify({
    user: { id: 1, email: "John.Stiles@example.com" },
    users: [
      { id: 2, email: "John.Doe@example.com" },
      { id: 3, email: "Jane.Doe@example.com" },
    ],
    actions: ["GET", "PUT", "DELETE"],
    coordinates: [
      [0, 1, 2],
      [4, 5, 6],
      [7, 8, 9],
    ],
  });

  it.each([
    ['{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', true],
    ['{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', false],
    ['{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }', true],
    [
      '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }',
      false,
    ],
    ["{ $.coordinates[0][1] = 1 }", true],
    ["{ $.users = 1 }", false],
    ["{ $.users != 1 }", false],
  ])("combines conditions: %s is %s", (pattern, expected) => {
    expect(compileFilterPattern(pattern).matches(compound)).toBe(expected);
  });

  it.each([
    ["{ $.latency >= 500 }", { latency: 500 }, { latency: 499 }],
    ["{ $.numbers[0] < 10e3 }", { numbers: [9999] }, { numbers: [10000] }],
    ["{ $.numbers[0] < 10e-3 }", { numbers: [0.009] }, { numbers: [0.01] }],
    ["{ $.processes[1].averageRuntime <= 55.5 }", { processes: [0, { averageRuntime: 55.5 }] }, { processes: [] }],
    ["{ $.errorCode = 400 }", { errorCode: 400 }, { errorCode: 401 }],
    ["{ $.errorCode != 500 }", { errorCode: 400 }, { errorCode: 500 }],
    ["{ $.latency > +1000 }", { latency: 1001 }, { latency: "slow" }],
    ["{ $.latency > -5 }", { latency: -4.5 }, { latency: -5 }],
  ])("compares numbers: %s", (pattern, yes, no) => {
    const { matches } = compileFilterPattern(pattern);
    expect([matches(JSON.stringify(yes)), matches(JSON.stringify(no))]).toEqual([true, false]);
  });

  it("does not match what is no JSON object", () => {
    expect(matching("{ $.a NOT EXISTS }", ["{}", "[]", "{ broken", "ERROR", ""])).toEqual(["{}"]);
  });
});

describe("space-delimited filter patterns", () => {
  const lines = [
    '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 200 1534',
    '127.0.0.1 - frank [10/Oct/2000:13:35:22 -0700] "GET /index.html HTTP/1.0" 404 5324',
    '127.0.0.1 - frank [10/Oct/2000:13:50:35 -0700] "GET /about.html HTTP/1.0" 403 355',
  ];

  it.each([
    ["[ip, user, username, timestamp, request, status_code, bytes]", [0, 1, 2]],
    ["[ip, user, username, timestamp, request, status_code, bytes > 1000]", [0, 1]],
    ["[ip, user, username, timestamp, request, status_code = 200, bytes]", [0]],
    ["[ip, user, username, timestamp, request = *html*, status_code = 4*, bytes]", [1, 2]],
    ["[ip, user, username, timestamp, request, status_code = 4* && status_code != 403, bytes]", [1]],
    ["[..., status_code = 4* && bytes > 1000, bytes]", [1]],
    ["[..., status_code, bytes]", [0, 1, 2]],
    ["[ip, user, ..., status_code = 4*, bytes]", [1, 2]],
    ["[ip, user, ...]", [0, 1, 2]],
    ["[ip = %127\\.0\\.0\\.[1-9]%, ...]", [0, 1, 2]],
    ["[..., request=*.html*, status_code=4*,]", [1, 2]],
    ["[ip, user]", []],
    ["[..., status_code = 200 || status_code = 403, bytes]", [0, 2]],
  ])("%s", (pattern, expected) => {
    expect(matching(pattern, lines)).toEqual(expected.map((i) => lines[i]));
  });

  it("counts fields: a pattern of two does not match three words", () => {
    const words = ["ERROR WARN message", "ERROR message", "WARN message"];
    expect(matching("[w1=ERROR, w2]", words)).toEqual(["ERROR message"]);
    expect(matching("[w1=ERROR || w1=WARN, w2]", words)).toEqual(words.slice(1));
    expect(matching("[w1!=ERROR && w1!=WARN, w2]", [...words, "INFO message"])).toEqual(["INFO message"]);
  });
});

describe("filter patterns that are refused", () => {
  it.each([
    ["foo-bar", 'stands in double quotes: "foo-bar" (column 1)'],
    ['"open', "expected a closing double quote (column 1)"],
    ["%open", "expected a closing %"],
    ["%something!%", "! is not supported in a regular expression (column 11)"],
    ["%(a)%", "( is not supported"],
    ["%[%", "not a regular expression"],
    ["ERROR -", "expected a term after -"],
    ["{ $.a }", "expected an operator"],
    ["{ $.a = }", "expected a value"],
    ["{ a = 1 }", "expected a selector that begins with $ (column 3)"],
    ["{ $ = 1 }", "expected .name or [index]"],
    ["{ $.a > x }", "expected a number after >"],
    ["{ ($.a = 1 }", "expected )"],
    ["{ $.a = 1", "expected && or || or }"],
    ["{ $.a = 1 } x", "nothing may stand after }"],
    ["{ $.a = %x% || $.a = %y% || $.a = %z% }", "3 regular expressions, but 2 is the most"],
    ["[a, a]", "a is a name twice"],
    ["[..., a, ...]", "... may stand only once"],
    ["[a = 1 && b = 2]", "no field is named b"],
    ["[a", "expected , or ]"],
    ["[a] b", "nothing may stand after ]"],
    ["x".repeat(1025), "1025 characters, but 1024 is the most"],
  ])("%s", (pattern, reason) => {
    expect(() => compileFilterPattern(pattern)).toThrow(expect.objectContaining({ code: "BAD_PATTERN" }));
    expect(() => compileFilterPattern(pattern)).toThrow(reason);
  });

  it("either refuses a text or answers every message", () => {
    const pieces = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      "$.a",
      "=",
      "!=",
      "&&",
      "||",
      "(",
      ")",
      "%a%",
      '"x"',
      "1",
      "*",
      "...",
      ",",
      " ",
      "?",
      "-",
      "w",
      "IS NULL",
    );
    void fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), fc.string(), (parts, message) => {
        let matches: ((message: string) => boolean) | undefined;
        try {
          matches = compileFilterPattern(parts.join("")).matches;
        } catch (error) {
          expect(error).toMatchObject({ code: "BAD_PATTERN" });
        }
        if (matches !== undefined) expect(typeof matches(message)).toBe("boolean");
      }),
      { numRuns: 2000 },
    );
  });
});

describe("the value of a metric filter", () => {
  it.each([
    ["ERROR", "1", true],
    ["ERROR", "$.latency", false],
    ["{ $.latency = * }", "$.latency", true],
    ["{ $.latency = * }", "$latency", false],
    ["[ip, ..., bytes]", "$bytes", true],
    ["[ip, ..., bytes]", "$size", false],
  ])("%s may give %s: %s", (pattern, value, expected) => {
    expect(compileFilterPattern(pattern).yields(value)).toBe(expected);
  });
});
