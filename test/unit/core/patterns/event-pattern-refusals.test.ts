import { compilePattern } from "@belfry/core/patterns/event-pattern";
import { InvalidPatternError } from "@belfry/core/patterns/invalid-pattern-error";
import { describe, expect, test } from "vitest";

function refusalOf(pattern: unknown): InvalidPatternError | undefined {
  try {
    compilePattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidPatternError) return error;
    throw error;
  }
}

const MIXED = "Inside anything but list, either all values are number or string, mixed type is not supported";
const NO_LIST = "Inside anything but list, start|null|boolean is not supported.";
const NO_OPERAND = "Value of anything-but must be an array or single string/number value.";
const NO_CASE = "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.";
const TOO_COMPLEX =
  "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character";

describe("patterns that AWS refuses, with its reasons", () => {
  test.each<[unknown, string]>([
    [[], "Filter is not an object"],
    ["[1]", "Filter is not an object"],
    ["", "Filter is not an object"],
    [undefined, "Filter is not an object"],
    [null, "Filter is not an object"],
    [{}, "Empty objects are not allowed"],
    [{ a: {} }, "Empty objects are not allowed"],
    [{ a: [] }, "Empty arrays are not allowed"],
    [{ state: "on" }, '"state" must be an object or an array'],
    [{ a: { b: null } }, '"b" must be an object or an array'],
    [{ a: [["x"]] }, "Match value must be String, number, true, false, or null"],
    [{ a: [{}] }, "Match expression name not found"],
    [{ a: [{ Prefix: "x" }] }, "Unrecognized match type Prefix"],
    [{ a: [{ toString: "x" }] }, "Unrecognized match type toString"],
    [{ a: [{ exactly: 1 }] }, "exact match pattern must be a string"],
    [{ a: [{ prefix: 1 }] }, "prefix match pattern must be a string"],
    [{ a: [{ prefix: ["x"] }] }, "prefix match pattern must be a string"],
    [{ a: [{ prefix: "x", suffix: "y" }] }, "Only one key allowed in match expression"],
    [{ a: [{ prefix: {} }] }, "Prefix expression name not found"],
    [{ a: [{ prefix: { wildcard: "x" } }] }, "Unsupported prefix pattern: wildcard"],
    [{ a: [{ prefix: { "equals-ignore-case": 1 } }] }, "equals-ignore-case match pattern must be a string"],
    [{ a: [{ suffix: true }] }, "suffix match pattern must be a string"],
    [{ a: [{ suffix: { prefix: "x" } }] }, "Unsupported suffix pattern: prefix"],
    [{ a: [{ suffix: { "equals-ignore-case": "x", b: 1 } }] }, "Only one key allowed in match expression"],
    [{ a: [{ "equals-ignore-case": ["x"] }] }, "equals-ignore-case match pattern must be a string"],
    [{ a: [{ wildcard: 1 }] }, "wildcard match pattern must be a string"],
    [{ a: [{ wildcard: "a**b" }] }, "Consecutive wildcard characters at pos 2"],
    [{ a: [{ wildcard: "é**" }] }, "Consecutive wildcard characters at pos 3"],
    [{ a: [{ wildcard: "a\\b" }] }, "Invalid escape character at pos 2"],
    [{ a: [{ wildcard: "ab\\" }] }, "Invalid escape character at pos 3"],
    [{ a: [{ exists: "true" }] }, "exists match pattern must be either true or false."],
    [{ a: [{ exists: true, prefix: "x" }] }, "Only one key allowed in match expression"],
    [{ a: [{ "anything-but": null }] }, NO_OPERAND],
    [{ a: [{ "anything-but": true }] }, NO_OPERAND],
    [{ a: [{ "anything-but": [] }] }, MIXED],
    [{ a: [{ "anything-but": ["x", 1] }] }, MIXED],
    [{ a: [{ "anything-but": ["x", null] }] }, NO_LIST],
    [{ a: [{ "anything-but": "x", b: 1 }] }, "Too many elements in numeric expression"],
    [{ a: [{ "anything-but": {} }] }, "Anything-But expression name not found"],
    [{ a: [{ "anything-but": { numeric: ["=", 1] } }] }, "Unsupported anything-but pattern: numeric"],
    [{ a: [{ "anything-but": { prefix: "" } }] }, "Null prefix/suffix not allowed"],
    [{ a: [{ "anything-but": { suffix: ["x", ""] } }] }, "Null prefix/suffix not allowed"],
    [{ a: [{ "anything-but": { prefix: 1 } }] }, "prefix/suffix match pattern must be a string"],
    [{ a: [{ "anything-but": { prefix: { "equals-ignore-case": "x" } } }] }, NO_OPERAND],
    [{ a: [{ "anything-but": { "equals-ignore-case": [1] } }] }, NO_CASE],
    [{ a: [{ "anything-but": { wildcard: ["x", 1] } }] }, "wildcard match pattern must be a string"],
    [{ a: [{ "anything-but": { wildcard: "x**" } }] }, "Consecutive wildcard characters at pos 2"],
    [{ a: [{ "anything-but": { prefix: "x", suffix: "y" } }] }, "Too many elements in numeric expression"],
    [{ a: [{ numeric: 5 }] }, "Value of numeric must be an array."],
    [{ a: [{ numeric: [] }] }, "Invalid member in numeric match: ]"],
    [{ a: [{ numeric: [5] }] }, "Invalid member in numeric match: 5"],
    [{ a: [{ numeric: ["!=", 5] }] }, "Unrecognized numeric range operator: !="],
    [{ a: [{ numeric: ["=", "5"] }] }, "Value of equals must be numeric"],
    [{ a: [{ numeric: ["<"] }] }, "Value of < must be numeric"],
    [{ a: [{ numeric: ["=", 5, "<", 6] }] }, "Too many elements in numeric expression"],
    [{ a: [{ numeric: ["<", 5, ">", 1] }] }, "Too many elements in numeric expression"],
    [{ a: [{ numeric: [">", 0, 5] }] }, "Bad value in numeric range: 5"],
    [{ a: [{ numeric: [">", 0, ">", 5] }] }, "Bad numeric range operator: >"],
    [{ a: [{ numeric: [">", 5, "<", 5] }] }, "Bottom must be less than top"],
    [{ a: [{ numeric: [">", 0, "<", 5, "x"] }] }, "Too many terms in numeric range expression"],
    ['{"a": [{"numeric": ["=", 1e309]}]}', "Cannot compare number : 1e309"],
    ['{"a": [{"anything-but": 9007199254740993}]}', "Cannot compare number : 9007199254740993"],
    [{ a: [{ cidr: 10 }] }, "prefix match pattern must be a string"],
    [{ a: [{ cidr: "10.0.0.0" }] }, "Malformed CIDR, one '/' required"],
    [{ a: [{ cidr: "10.0.0.0/8/8" }] }, "Malformed CIDR, one '/' required"],
    [{ a: [{ cidr: "10.0.0.0/x" }] }, "Malformed CIDR, mask bits must be an integer"],
    [{ a: [{ cidr: "10.0.0.0/-8" }] }, "Malformed CIDR, mask bits must not be negative"],
    [{ a: [{ cidr: "10.0.0.0/32" }] }, "IPv4 mask bits must be < 32"],
    [{ a: [{ cidr: "::/128" }] }, "IPv6 mask bits must be < 128"],
    [{ a: [{ cidr: "host/8" }] }, "Nonstandard IP address: host"],
    [{ a: [{ cidr: "10.0.0.256/8" }] }, "Invalid IP address: 10.0.0.256"],
    [{ $or: { a: [1], b: [2] } }, "It must be an Array followed with $or."],
    [{ $or: [{ a: [1] }] }, "There must have at least 2 Objects in $or relationship."],
    [{ $or: [{ a: [1] }, [2]] }, "Only JSON object is allowed in array of $or relationship."],
    [{ $or: [{ a: [1] }, {}] }, "Empty objects are not allowed"],
    [
      { $or: [{ a: [1] }, { b: { prefix: ["x"] } }] },
      "prefix is Ruler reserved fieldName which cannot be used inside $or.",
    ],
    [{ a: [{ wildcard: "*a*a*a*a*a*" }] }, TOO_COMPLEX],
    [{ a: ["x", "y", "z", "u"].map((part) => ({ wildcard: `*/${part}/*` })) }, TOO_COMPLEX],
    [{ a: [{ "anything-but": { wildcard: "*:*:*:*:*:*" } }] }, TOO_COMPLEX],
  ])("%j: %s", (pattern, reason) => {
    expect(refusalOf(pattern)?.reason).toBe(reason);
  });
});

describe("text that is no JSON", () => {
  test.each([
    "source",
    "{",
    '{"a"}',
    '{"a": ["x"]',
    '{"a": ["x",]}',
    '{"a": ["x"],}',
    '{"a": ["x" "y"]}',
    '{"a": ["x"]]',
    "{'a': ['x']}",
    '{a: ["x"]}',
    '{"a": ["\\x"]}',
    '{"a": ["\\u12"]}',
    '{"a": ["x\ny"]}',
    '{"a": [01]}',
    '{"a": [1.]}',
    '{"a": [+1]}',
    '{"a": [NaN]}',
    '{"a": [tru]}',
    '{"a": ["x"]} // note',
    '{"a": ["x"]}}',
    '{"a": ["x"]}{"b": ["y"]}',
    '\ufeff{"a": ["x"]}',
    `{"a": [${"1".repeat(1001)}]}`,
    `${'{"a":'.repeat(1001)}["x"]${"}".repeat(1001)}`,
  ])("%s is refused", (text) => {
    expect(refusalOf(text)).toBeInstanceOf(InvalidPatternError);
  });

  test("blanks of JSON are taken", () => {
    expect(refusalOf(' \r\n\t{ "a" : [ "x" , -0.5e+1 ] } \n')).toBeUndefined();
  });
});

describe("the place of a refusal is where AWS sees it", () => {
  test.each<[string, number, number]>([
    ['{"a": []}', 1, 9],
    ['{"a": 5}', 1, 8],
    ['{"a": "text"}', 1, 8],
    ['{\n  "a": ["x"],\n  "b": {}\n}', 3, 10],
    ['{"a": [{"numeric": [">", 0, ">", 5]}]}', 1, 32],
  ])("%j at line %i, column %i", (text, line, column) => {
    const refusal = refusalOf(text);
    expect(refusal?.place).toEqual({ line, column });
    expect(refusal?.message).toBe(`event pattern is not valid: ${refusal?.reason} (line ${line}, column ${column})`);
  });
});

describe("what cannot be compiled within bounds is refused", () => {
  const alternatives = (name: string) => ({ $or: Array.from({ length: 11 }, (_, i) => ({ [`${name}${i}`]: [i] })) });

  test("more than 1,000 combinations of $or", () => {
    const pattern = { a: alternatives("a"), b: alternatives("b"), c: alternatives("c") };
    expect(refusalOf(pattern)?.reason).toBe("Rule is too complex - its $or make more than 1000 combinations");
    expect(refusalOf({ a: alternatives("a"), b: alternatives("b") })).toBeUndefined();
  });

  test("more than 256 fields", () => {
    const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, [1]]));
    expect(refusalOf(fields(256))).toBeUndefined();
    expect(refusalOf(fields(257))?.reason).toBe("Size of rule exceeds max value of 256");
  });

  test("what has no JSON form", () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(refusalOf(cycle)?.reason).toBe("Filter cannot be written as JSON");
    expect(refusalOf({ a: [1n] })?.reason).toBe("Filter cannot be written as JSON");
    expect(refusalOf(() => undefined)?.reason).toBe("Filter is not an object");
  });
});

describe("wildcards within bounds are taken", () => {
  test.each([
    { a: [{ wildcard: "arn:aws:states:*:*:execution:*" }] },
    { a: ["x", "y", "z"].map((part) => ({ wildcard: `*/${part}/*` })) },
    { a: [{ wildcard: "*.jpg" }, { wildcard: "*.png" }, { wildcard: "*.gif" }] },
    {
      a: [{ "anything-but": { wildcard: ["*/bin/*", "*.sh"] } }],
      b: [{ wildcard: "*/bin/*" }],
      c: [{ wildcard: "*/bin/*" }],
    },
    { a: Array.from({ length: 20 }, () => ({ wildcard: "*x*" })) },
    {
      $or: [
        { a: ["x"], b: [{ wildcard: "*:a:*:*" }] },
        { a: ["y"], b: [{ wildcard: "*:b:*:*" }] },
      ],
    },
  ])("%j", (pattern) => {
    expect(refusalOf(pattern)).toBeUndefined();
  });
});
