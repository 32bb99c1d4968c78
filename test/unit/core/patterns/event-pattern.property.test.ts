import { compilePattern } from "@belfry/core/patterns/event-pattern";
import { InvalidPatternError } from "@belfry/core/patterns/invalid-pattern-error";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const RUNS = { numRuns: 2000 };
const NAMES = ["a", "b", "c"];

const text = fc.constantFrom("", "a", "b", "ab", "AB", "10.0.0.1", "::1", "a*b", "é", '"');
const number = fc.constantFrom(0, 1, 2, -1, 0.5, 1e21);
const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));

const expression = fc.oneof(
  text.map((value) => ({ prefix: value })),
  text.map((value) => ({ suffix: value })),
  text.map((value) => ({ "equals-ignore-case": value })),
  fc.constantFrom("*", "a*", "*b", "a*b", "").map((value) => ({ wildcard: value })),
  fc.oneof(text, number, fc.array(text, { minLength: 1, maxLength: 3 })).map((value) => ({ "anything-but": value })),
  number.map((value) => ({ numeric: [">=", value] })),
  fc.boolean().map((value) => ({ exists: value })),
  fc.constantFrom("10.0.0.0/8", "::/0").map((value) => ({ cidr: value })),
);

const list = fc.array(fc.oneof(scalar, expression), { minLength: 1, maxLength: 3 });

type Tree = Readonly<Record<string, unknown>>;

/** A pattern whose objects and $or go so many levels deep. */
function patternOf(depth: number): fc.Arbitrary<Tree> {
  const field = depth === 0 ? list : fc.oneof(list, list, patternOf(depth - 1));
  const fields = fc.dictionary(fc.constantFrom(...NAMES), field, { minKeys: 1, maxKeys: 2 });
  if (depth === 0) return fields;
  const or = fc.option(alternativesOf(depth - 1), { freq: 2, nil: undefined });
  return fc.tuple(fields, or).map(([tree, $or]) => ($or === undefined ? tree : { ...tree, $or }));
}

function alternativesOf(depth: number): fc.Arbitrary<readonly Tree[]> {
  return fc.array(patternOf(depth), { minLength: 2, maxLength: 3 });
}

function jsonOf(depth: number): fc.Arbitrary<unknown> {
  if (depth === 0) return scalar;
  return fc.oneof(scalar, eventOf(depth - 1), fc.array(jsonOf(depth - 1), { maxLength: 3 }));
}

function eventOf(depth: number): fc.Arbitrary<Tree> {
  return fc.dictionary(fc.constantFrom(...NAMES), jsonOf(depth), { maxKeys: 3 });
}

const pattern = patternOf(2);
const alternatives = alternativesOf(1);
const event = eventOf(4);

/** Reads as a record's reader does: the fields of the event that are no objects, or else what is inside them. */
function readerOf(root: Tree): (path: string) => unknown {
  const step = (value: unknown, [name, ...rest]: readonly string[]): unknown => {
    if (name === undefined) return value;
    if (Array.isArray(value)) {
      const found = value.map((element) => step(element, [name, ...rest])).filter((element) => element !== undefined);
      return found.length === 0 ? undefined : found.flat();
    }
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    return step((value as Tree)[name], rest);
  };
  return (path) => step(root, path.split("."));
}

describe("for any pattern and event", () => {
  test("reading fields by path gives the same verdict as the event", () => {
    fc.assert(
      fc.property(pattern, event, (tree, root) => {
        const compiled = compilePattern(tree);
        expect(compiled.matchesFields(readerOf(root))).toBe(compiled.matches(root));
      }),
      RUNS,
    );
  });

  test("an event's text gives the same verdict as the parsed event, a pattern's text as the parsed pattern", () => {
    fc.assert(
      fc.property(pattern, event, (tree, root) => {
        const verdict = compilePattern(tree).matches(root);
        expect(compilePattern(tree).matchesText(JSON.stringify(root))).toBe(verdict);
        expect(compilePattern(JSON.stringify(tree)).matches(root)).toBe(verdict);
      }),
      RUNS,
    );
  });

  test("the order of $or's alternatives does not matter, and one of them matches", () => {
    fc.assert(
      fc.property(alternatives, event, (trees, root) => {
        const verdict = compilePattern({ $or: trees }).matches(root);
        expect(compilePattern({ $or: [...trees].reverse() }).matches(root)).toBe(verdict);
        expect(trees.some((tree) => compilePattern(tree).matches(root))).toBe(verdict);
      }),
      RUNS,
    );
  });

  test("the order of a field's list does not matter, and a longer list matches no less", () => {
    fc.assert(
      fc.property(list, fc.oneof(scalar, expression), event, (values, more, root) => {
        const verdict = compilePattern({ a: values }).matches(root);
        expect(compilePattern({ a: [...values].reverse() }).matches(root)).toBe(verdict);
        if (verdict) expect(compilePattern({ a: [...values, more] }).matches(root)).toBe(true);
      }),
      RUNS,
    );
  });

  test("one more field in the pattern matches no more, one more field in the event changes nothing", () => {
    fc.assert(
      fc.property(pattern, list, event, scalar, (tree, values, root, extra) => {
        const verdict = compilePattern(tree).matches(root);
        if (!verdict) expect(compilePattern({ ...tree, z: values }).matches({ ...root, z: extra })).toBe(false);
        expect(compilePattern(tree).matches({ ...root, z: extra })).toBe(verdict);
      }),
      RUNS,
    );
  });

  test("of a scalar, anything-but matches what the list does not", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom("a", "b", "", "AB"), { minLength: 1 }), scalar, (values, value) => {
        const inList = compilePattern({ a: values }).matches({ a: value });
        expect(compilePattern({ a: [{ "anything-but": values }] }).matches({ a: value })).toBe(!inList);
      }),
      RUNS,
    );
  });
});

describe("for any text", () => {
  test("a wildcard in place of any part of it matches", () => {
    const escaped = (part: string) => part.replace(/[*\\]/g, "\\$&");
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 20 }), fc.nat(20), fc.nat(20), (value, i, j) => {
        const [from, to] = [Math.min(i, j), Math.max(i, j)];
        const wildcard = `${escaped(value.slice(0, from))}*${escaped(value.slice(to))}`;
        expect(compilePattern({ a: [{ wildcard }] }).matches({ a: value })).toBe(true);
        expect(compilePattern({ a: [{ "anything-but": { wildcard } }] }).matches({ a: value })).toBe(false);
      }),
      RUNS,
    );
  });

  test("a wildcard pattern matches what the regular expression of its parts matches", () => {
    const parts = fc.array(fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 2 }), {
      maxLength: 3,
    });
    const value = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.boolean(), fc.boolean(), value, (between, isOpenStart, isOpenEnd, candidate) => {
        const wildcard = `${isOpenStart ? "*" : ""}${between.join("*")}${isOpenEnd && between.length > 0 ? "*" : ""}`;
        const expected = new RegExp(`^${wildcard.replaceAll("*", ".*")}$`).test(candidate);
        expect(compilePattern({ a: [{ wildcard }] }).matches({ a: candidate })).toBe(expected);
      }),
      RUNS,
    );
  });

  test("it is its own value, prefix and suffix, as text too", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 20 }), fc.nat(20), (value, at) => {
        const expressions = [{ exactly: value }, { prefix: value.slice(0, at) }, { suffix: value.slice(at) }];
        for (const expected of expressions) {
          const compiled = compilePattern({ a: [expected] });
          expect(compiled.matches({ a: value })).toBe(true);
          expect(compiled.matchesText(JSON.stringify({ a: value }))).toBe(true);
        }
      }),
      RUNS,
    );
  });
});

describe("for any number", () => {
  test("it is equal to itself as decimal notation spells it, and ranges hold it as comparison says", () => {
    const double = fc.double({ noDefaultInfinity: true, noNaN: true }).filter((value) => Math.abs(value) > 1e-300);
    fc.assert(
      fc.property(double, double, (value, bound) => {
        expect(compilePattern(`{"a": [${value}]}`).matchesText(`{"a": ${value.toExponential()}}`)).toBe(true);
        const above = compilePattern(`{"a": [{"numeric": [">", ${bound}]}]}`);
        expect(above.matches({ a: value })).toBe(value > bound);
        expect(above.matchesText(`{"a": ${value}}`)).toBe(value > bound);
      }),
      RUNS,
    );
  });
});

describe("for any address", () => {
  test("a CIDR block holds it when the first bits are the same", () => {
    const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
    const bitsOf = (parts: readonly number[]) => parts.map((part) => part.toString(2).padStart(8, "0")).join("");
    fc.assert(
      fc.property(address, address, fc.nat(31), fc.nat(4), (block, other, bits, shared) => {
        const parts = [...block.slice(0, shared), ...other.slice(shared)];
        const holds = bitsOf(parts).startsWith(bitsOf(block).slice(0, bits));
        const compiled = compilePattern({ a: [{ cidr: `${block.join(".")}/${bits}` }] });
        const mapped = `::ffff:${parts
          .map((part) => part.toString(16).padStart(2, "0"))
          .join("")
          .replace(/^(.{4})/, "$1:")}`;
        expect(compiled.matches({ a: parts.join(".") })).toBe(holds);
        expect(compiled.matches({ a: mapped })).toBe(holds);
      }),
      RUNS,
    );
  });
});

describe("for anything at all", () => {
  const json = fc.jsonValue({ maxDepth: 6 });

  test("compiling refuses with InvalidPatternError or not at all, and what compiles never throws", () => {
    const almost = fc.oneof(
      json,
      fc.anything(),
      fc.string(),
      json.map((value) => JSON.stringify(value)),
      brokenPattern(),
    );
    fc.assert(
      fc.property(almost, json, fc.string(), (tree, root, broken) => {
        let compiled: ReturnType<typeof compilePattern>;
        try {
          compiled = compilePattern(tree);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidPatternError);
          return;
        }
        for (const value of [root, broken, undefined]) expect(typeof compiled.matches(value)).toBe("boolean");
        for (const value of [JSON.stringify(root), broken]) expect(typeof compiled.matchesText(value)).toBe("boolean");
      }),
      { numRuns: 5000 },
    );
  });

  test("matching any value never throws", () => {
    fc.assert(
      fc.property(pattern, fc.anything(), (tree, value) => {
        const compiled = compilePattern(tree);
        expect(typeof compiled.matches(value)).toBe("boolean");
        expect(typeof compiled.matches({ a: value })).toBe("boolean");
        expect(typeof compiled.matchesFields(() => value)).toBe("boolean");
      }),
      RUNS,
    );
  });

  test("a JSON object is read as JSON.parse reads it, and other text is not read", () => {
    const compiled = compilePattern({ a: [{ exists: true }, { exists: false }] });
    const isObject = (candidate: string) => {
      try {
        const value: unknown = JSON.parse(candidate);
        return typeof value === "object" && value !== null && !Array.isArray(value);
      } catch (error) {
        return !(error instanceof SyntaxError);
      }
    };
    fc.assert(
      fc.property(brokenText(), (candidate) => {
        expect(compiled.matchesText(candidate)).toBe(isObject(candidate));
      }),
      { numRuns: 5000 },
    );
  });

  /** The text of a JSON object, with something cut out, put in or left as it is. */
  function brokenText(): fc.Arbitrary<string> {
    return fc
      .tuple(
        fc.dictionary(fc.string({ maxLength: 3 }), json, { maxKeys: 3 }),
        fc.nat(),
        fc.nat(3),
        fc.constantFrom("", "", "{", "]", ",", '"', "\\", "1", "-", "\n"),
      )
      .map(([value, at, length, put]) => {
        const whole = JSON.stringify(value);
        const from = at % (whole.length + 1);
        return whole.slice(0, from) + put + whole.slice(from + length);
      });
  }

  function brokenPattern(): fc.Arbitrary<string> {
    return fc.tuple(pattern, fc.nat(), fc.string({ maxLength: 2 })).map(([tree, at, put]) => {
      const whole = JSON.stringify(tree);
      const from = at % whole.length;
      return whole.slice(0, from) + put + whole.slice(from + 1);
    });
  }
});
