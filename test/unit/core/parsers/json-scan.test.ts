import { JsonScanner } from "@belfry/core/parsers/json-scan";
import { JsonShape, ROOT } from "@belfry/core/parsers/json-shape";
import { describe, expect, it } from "vitest";
import { batchOf } from "../../../support/batch.ts";

const shape = new JsonShape(["a", "b/c", "b/d"]);

function scanned(text: string): JsonScanner | undefined {
  const scanner = new JsonScanner(shape);
  const bytes = Buffer.from(`${text}"`);
  return scanner.scan(bytes, 0, bytes.length - 1) ? scanner : undefined;
}

function secretsOf(text: string): string[] {
  const batch = batchOf([text]);
  const scanner = new JsonScanner(shape);
  expect(scanner.scan(batch.bytesOf(0), batch.start[0], batch.end[0])).toBe(true);
  scanner.markSecrets(batch, 0);
  const spans: string[] = [];
  for (let i = 0; i < batch.sensitive.length; i += 3) {
    spans.push(batch.bytesOf(0).toString("utf8", batch.sensitive[i + 1], batch.sensitive[i + 2]));
  }
  return spans;
}

describe("JsonScanner", () => {
  it.each([
    "",
    " ",
    "{",
    "[]",
    "1",
    '"a"',
    '{"a":1}x',
    '{"a":1}{"a":1}',
    '{"a":1,}',
    '{,"a":1}',
    '{"a" 1}',
    '{"a":}',
    "{a:1}",
    "{'a':1}",
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":+1}',
    '{"a":1e}',
    '{"a":-}',
    '{"a":tru}',
    '{"a":nullx}',
    '{"a":NaN}',
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":"\t"}',
    '{"a":"b}',
    '{"a":[1,]}',
    '{"a":[1}',
    '{"a":{]}',
    `{"a":${"[".repeat(64)}${"]".repeat(64)}}`,
  ])("does not take %j", (text) => {
    expect(scanned(text)).toBeUndefined();
  });

  it("takes what nests 64 levels deep", () => {
    expect(scanned(`{"a":${"[".repeat(63)}${"]".repeat(63)}}`)).toBeDefined();
  });

  it("forgets what was inside of a member when its key comes again", () => {
    const scanner = scanned('{"b":{"c":1,"x":2},"b":{"d":3}}');
    expect(scanner?.from[shape.slot("b/c")]).toBe(-1);
    expect(scanner?.value(shape.slot("b"))).toEqual({ d: 3 });
    expect(scanner?.unnamed[shape.slot("b")]).toBe(0);
  });

  it("counts members that the shape does not name, by object", () => {
    const scanner = scanned('{"x":1,"b":{"c":1,"y":2,"z":{"w":3}}}');
    expect([scanner?.unnamed[ROOT], scanner?.unnamed[shape.slot("b")]]).toEqual([1, 2]);
  });

  it.each([
    ['{"a":1}\n', true],
    ['\n {"a": [1, 2]}', true],
    ['{"a":1,\n"b":2}', false],
    ['{"a":1,"a":2}', false],
    ['{"x":{"k1":1,"k2":{"k1":2},"k1":3}}', false],
    ['{"x":{"k1":1},"y":{"k1":2},"k1":3}', true],
    [`{${Array.from({ length: 300 }, (_, i) => `"k${i}":${i}`).join()}}`, false],
  ])("knows whether %j may be copied into a line as it stands", (text, verbatim) => {
    expect(scanned(text)?.verbatim).toBe(verbatim);
  });

  it("finds the values of keys that name a secret, at any depth", () => {
    const text =
      '{"user":"u","dbPassword":"p1","list":[{"api_key":"k1"}],"X-Amz-Security-Token":"t\\"1","nextToken":"n","tokenType":"Bearer"}';
    expect(secretsOf(text)).toEqual(["p1", "k1", 't\\"1']);
  });

  it("finds the texts in a list under such a key, and leaves numbers and objects", () => {
    expect(secretsOf('{"Authorization":["Bearer a","Basic b"],"password":7,"secret":{"name":"n"},"token":""}')).toEqual(
      ["Bearer a", "Basic b", ""],
    );
  });
});

describe("JsonShape", () => {
  it("gives members that are nested the slots after their object's", () => {
    const nested = new JsonShape(["b/c/d", "a", "b.c", "b/e"]);
    expect(nested.after[nested.slot("b")] - nested.slot("b")).toBe(4);
    expect(nested.slot("b.c")).not.toBe(nested.slot("b/c"));
    expect(() => nested.slot("z")).toThrow(RangeError);
  });
});
