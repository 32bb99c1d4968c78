import { compilePattern } from "@belfry/core/patterns/event-pattern";
import { describe, expect, test } from "vitest";

function matches(pattern: unknown, event: unknown): boolean {
  const compiled = compilePattern(pattern);
  const verdict = compiled.matches(event);
  expect(compiled.matchesText(JSON.stringify(event))).toBe(verdict);
  return verdict;
}

describe("fields", () => {
  test("all fields of the pattern must match, others of the event do not matter", () => {
    const pattern = { source: ["aws.ec2"], detail: { state: ["stopped", "terminated"] } };
    expect(matches(pattern, { source: "aws.ec2", detail: { state: "stopped", "instance-id": "i-1" }, id: 7 })).toBe(
      true,
    );
    expect(matches(pattern, { source: "aws.ec2", detail: { state: "running" } })).toBe(false);
    expect(matches(pattern, { detail: { state: "stopped" } })).toBe(false);
  });

  test("names are compared with their case", () => {
    expect(matches({ State: ["x"] }, { state: "x" })).toBe(false);
  });

  test("a dotted name and nested names are the same path, in pattern and event", () => {
    const paths = [{ "a.b": { c: ["x"] } }, { a: { b: { c: ["x"] } } }, { "a.b.c": ["x"] }];
    const events = [{ "a.b": { c: "x" } }, { a: { "b.c": "x" } }, { a: { b: { c: "x" } } }, { "a.b.c": "x" }];
    for (const pattern of paths) for (const event of events) expect(matches(pattern, event)).toBe(true);
    expect(matches({ a: { b: ["x"] } }, { "a.b": { b: "x" } })).toBe(false);
  });

  test("JSON within a string is a string", () => {
    expect(matches({ detail: { a: ["x"] } }, { detail: '{"a":"x"}' })).toBe(false);
  });

  test("what is no object matches nothing, not even a pattern of absent fields", () => {
    const pattern = compilePattern({ a: [{ exists: false }] });
    expect([[], [{}], "{}", 1, null, undefined].filter((event) => pattern.matches(event))).toEqual([]);
    expect(
      ["[]", "1", "", "{", '{"a" 1}', "{}}", "{} {}", "{'b':1}"].filter((text) => pattern.matchesText(text)),
    ).toEqual([]);
    expect(pattern.matches({})).toBe(true);
  });

  test("an event whose text goes deeper than 1,000 levels is no event", () => {
    const nested = (depth: number) => `{"a": 1, "b": ${"[".repeat(depth)}${"]".repeat(depth)}}`;
    const pattern = compilePattern({ a: [1] });
    expect([pattern.matchesText(nested(999)), pattern.matchesText(nested(1000))]).toEqual([true, false]);
  });
});

describe("a field that is written twice", () => {
  test("counts as last written in a pattern, an object joins in", () => {
    const pattern = compilePattern('{"a": ["x"], "a": ["y"], "b": {"c": [1]}, "b": {"d": [2]}}');
    expect(pattern.matches({ a: "y", b: { c: 1, d: 2 } })).toBe(true);
    expect(pattern.matches({ a: "x", b: { c: 1, d: 2 } })).toBe(false);
    expect(pattern.matches({ a: "y", b: { d: 2 } })).toBe(false);
  });

  test("has both values in an event's text", () => {
    const pattern = compilePattern({ a: ["x"] });
    expect(pattern.matchesText('{"a": "x", "a": "y"}')).toBe(true);
    expect(pattern.matchesText('{"a": "y", "a": "x"}')).toBe(true);
  });
});

describe("arrays in the event", () => {
  test("match when one of their values does", () => {
    expect(matches({ tags: ["a", "b"] }, { tags: ["c", "b"] })).toBe(true);
    expect(matches({ tags: ["a"] }, { tags: [["c"], [["a"]]] })).toBe(true);
    expect(matches({ tags: ["a"] }, { tags: [] })).toBe(false);
    expect(matches({ tags: [null] }, { tags: [] })).toBe(false);
  });

  const containers = {
    containers: [
      { name: "app", exitCode: 0, mounts: [{ path: "/tmp", mode: "rw" }] },
      {
        name: "sidecar",
        exitCode: 137,
        mounts: [
          { path: "/tmp", mode: "ro" },
          { path: "/etc", mode: "rw" },
        ],
      },
    ],
  };

  test("values of different elements are not combined", () => {
    expect(matches({ containers: { name: ["sidecar"], exitCode: [137] } }, containers)).toBe(true);
    expect(matches({ containers: { name: ["app"], exitCode: [137] } }, containers)).toBe(false);
    expect(matches({ containers: { exitCode: [137], mounts: { path: ["/etc"], mode: ["rw"] } } }, containers)).toBe(
      true,
    );
    expect(matches({ containers: { exitCode: [137], mounts: { path: ["/tmp"], mode: ["rw"] } } }, containers)).toBe(
      false,
    );
    expect(matches({ containers: { exitCode: [0], mounts: { path: ["/etc"] } } }, containers)).toBe(false);
  });

  test("values of different arrays are combined freely", () => {
    const event = { a: [{ x: 1 }, { x: 2 }], b: [{ y: 1 }, { y: 2 }] };
    expect(matches({ a: { x: [2] }, b: { y: [1] } }, event)).toBe(true);
  });

  test("elements of an array within an array stay together", () => {
    const event = { a: [[{ x: 1, y: 1 }, { x: 2 }], [{ y: 2 }]] };
    expect(matches({ a: { x: [1], y: [1] } }, event)).toBe(true);
    expect(matches({ a: { x: [2], y: [2] } }, event)).toBe(false);
    expect(matches({ a: { x: [2], y: [1] } }, event)).toBe(false);
  });

  test("an array may hold values and objects", () => {
    const event = { a: ["x", { b: 1 }, ["y", { b: 2 }]] };
    expect(matches({ "a.b": [2], a: ["y"] }, event)).toBe(true);
    expect(matches({ "a.b": [1], a: ["x"] }, event)).toBe(true);
    expect(matches({ "a.b": [1], a: ["y"] }, event)).toBe(false);
  });

  test("absence is decided with the elements that fields of lower path have chosen", () => {
    const event = { a: [{ k: 1 }, { k: 2, z: 1, b: 1 }] };
    // b comes before k: it exists somewhere. z comes after k: it is absent from the element where k is 1.
    expect(matches({ a: { b: [{ exists: false }], k: [1] } }, event)).toBe(false);
    expect(matches({ a: { z: [{ exists: false }], k: [1] } }, event)).toBe(true);
    expect(matches({ a: { z: [{ exists: false }], k: [2] } }, event)).toBe(false);
  });

  test("many elements, values and arrays are decided at once", () => {
    const list = Array.from({ length: 20_000 }, (_, i) => ({ x: i, y: i + 1 }));
    const fields = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}`, Array(500).fill(1)]));
    const pattern = Object.fromEntries(Object.keys(fields).map((name) => [name, [1]]));
    const startedAt = performance.now();
    expect(compilePattern({ a: { x: [{ numeric: [">=", 0] }], y: [0] } }).matches({ a: list })).toBe(false);
    expect(compilePattern({ ...pattern, missing: [1] }).matches(fields)).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});

describe("$or", () => {
  test("one of the alternatives must match, beside the other fields", () => {
    const pattern = {
      source: ["app"],
      $or: [{ level: ["error"] }, { code: [{ numeric: [">=", 500] }], path: ["/pay"] }],
    };
    expect(matches(pattern, { source: "app", level: "error" })).toBe(true);
    expect(matches(pattern, { source: "app", code: 503, path: "/pay" })).toBe(true);
    expect(matches(pattern, { source: "app", code: 503 })).toBe(false);
    expect(matches(pattern, { source: "lib", level: "error" })).toBe(false);
  });

  test("can stand within objects, within alternatives, and more than once", () => {
    const nested = { detail: { $or: [{ a: [1] }, { $or: [{ b: { c: [2] } }, { d: [3] }] }] } };
    expect([{ a: 1 }, { b: { c: 2 } }, { d: 3 }, { c: 2 }].map((detail) => matches(nested, { detail }))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    const twice = { a: { $or: [{ x: [1] }, { y: [1] }] }, b: { $or: [{ x: [1] }, { y: [1] }] } };
    expect(matches(twice, { a: { y: 1 }, b: { x: 1 } })).toBe(true);
    expect(matches(twice, { a: { y: 1 } })).toBe(false);
  });

  test("an alternative replaces the same field above it, and a field behind $or replaces it in all alternatives", () => {
    const above = { name: ["a", "b"], $or: [{ name: [{ "anything-but": "a" }] }, { other: ["x"] }] };
    expect(matches(above, { name: "c" })).toBe(true);
    expect(matches(above, { name: "a", other: "x" })).toBe(true);
    expect(matches(above, { name: "c", other: "x" })).toBe(true);
    expect(matches(above, { name: "a" })).toBe(false);
    const behind = { $or: [{ name: ["a"] }, { other: ["x"] }], name: ["b"] };
    expect(matches(behind, { name: "a" })).toBe(false);
    expect(matches(behind, { name: "b" })).toBe(true);
  });

  test("alternatives that share values are each whole", () => {
    const pattern = { $or: [{ a: ["x"] }, { a: ["x", "y"] }] };
    expect(matches(pattern, { a: "y" })).toBe(true);
  });
});

test("paths are all that the pattern reads, each once", () => {
  const { paths } = compilePattern({ "a.b": [1], c: { d: [2] }, $or: [{ c: { d: [3] } }, { e: [{ exists: false }] }] });
  expect([...paths].sort()).toEqual(["a.b", "c.d", "e"]);
});
