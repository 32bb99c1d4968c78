import { refusedField, setAside } from "@belfry/core/sinks/set-aside";
import { describe, expect, it } from "vitest";

const named = (path: string) => ({ path, longest: false });

describe("refusedField", () => {
  // Reasons as OpenSearch 3.8.0 wrote them when it was sent such documents; the last two as its source has them.
  it.each([
    [
      "failed to parse field [source.ip] of type [ip] in document with id 'd8'. Preview of field's value: 'nope'",
      "source.ip",
    ],
    ["object mapping for [source] tried to parse field [source] as object, but found a concrete value", "source"],
    [
      "object mapping for [aws.cloudtrail] tried to parse field [cloudtrail] as object, but found a concrete value",
      "aws.cloudtrail",
    ],
    [
      "failed to parse field [app] of type [flat_object] in document with id 'd3'. Preview of field's value: 'text'",
      "app",
    ],
    ["mapping set to strict, dynamic introduction of [colour] within [_doc] is not allowed", "colour"],
    ["mapping set to strict, dynamic introduction of [colour] within [app.car] is not allowed", "app.car.colour"],
  ])("finds the field in: %s", (reason, path) => {
    expect(refusedField({ type: "mapper_parsing_exception", reason })).toEqual(named(path));
  });

  it("takes the field that the mapping made beside the document's own for that one, and asks for its longest string", () => {
    const reason =
      'Document contains at least one immense term in field="app._valueAndPath" (whose UTF8 encoding is longer';
    expect(refusedField({ type: "illegal_argument_exception", reason })).toEqual({ path: "app", longest: true });
  });

  it("is not led astray by what the reason quotes from the document", () => {
    const reason =
      "failed to parse field [source.ip] of type [ip]. Preview of field's value: 'object mapping for [message]'";
    expect(refusedField({ type: "mapper_parsing_exception", reason }).path).toBe("source.ip");
  });

  it("finds none where none is named", () => {
    expect(
      refusedField({ type: "illegal_argument_exception", reason: "Limit of total fields [1000] has been exceeded" })
        .path,
    ).toBeUndefined();
  });
});

describe("setAside", () => {
  it("moves the value, and the object that is empty without it", () => {
    const document = '{"belfry":{"id":"1"},"source":{"ip":"nope"},"message":"m"}';
    expect(setAside(document, named("source.ip"))).toBe(
      '{"belfry":{"id":"1","set_aside":["source.ip=\\"nope\\""]},"message":"m"}',
    );
  });

  it("adds to what was set aside before", () => {
    const once = setAside('{"belfry":{"id":"1"},"a":{"b":1,"c":2}}', named("a.b")) ?? "";
    expect(JSON.parse(setAside(once, named("a.c")) ?? "")).toEqual({
      belfry: { id: "1", set_aside: ["a.b=1", "a.c=2"] },
    });
  });

  it("keeps numbers as they are written", () => {
    const document = '{"app":{"big":12345678901234567890,"one":1.0,"e":1e400},"x":1}';
    expect(setAside(document, named("x"))).toBe(
      '{"app":{"big":12345678901234567890,"one":1.0,"e":1e400},"belfry":{"set_aside":["x=1"]}}',
    );
    expect(setAside(document, named("app"))).toContain(
      '"app={\\"big\\":12345678901234567890,\\"one\\":1.0,\\"e\\":1e400}"',
    );
  });

  it("finds fields whose keys hold dots, and the array or value that a path leads into", () => {
    expect(setAside('{"source.ip":"x"}', named("source.ip"))).toContain('source.ip=\\"x\\"');
    expect(setAside('{"a":{"b.c":{"d":1}}}', named("a.b.c.d"))).toContain('"a.b.c.d=1"');
    expect(setAside('{"resources":[{"arn":1}]}', named("resources.arn"))).toContain("resources=[");
    expect(setAside('{"app":"text"}', named("app.user.name"))).toContain("app=");
  });

  it("moves only the string that is too long for a term", () => {
    const long = "x".repeat(40_000);
    const document = JSON.stringify({ app: { short: "s", deep: { long } } });
    const mended = JSON.parse(setAside(document, { path: "app", longest: true }) ?? "");
    expect(mended).toEqual({ app: { short: "s" }, belfry: { set_aside: [`app.deep.long="${long}"`] } });
    const longKey = JSON.stringify({ app: { [long]: 1 } });
    expect(setAside(longKey, { path: "app", longest: true })).not.toContain('"app":');
  });

  it("moves an open object where no field is named", () => {
    const unnamed = { path: undefined, longest: false };
    expect(setAside('{"app":{"a":1},"labels":{}}', unnamed)).toBe(
      '{"labels":{},"belfry":{"set_aside":["app={\\"a\\":1}"]}}',
    );
    expect(setAside('{"message":"m"}', unnamed)).toBeUndefined();
  });

  it.each([
    ["the field is not there", '{"message":"m"}', "source.ip"],
    ["the field is Belfry's own", '{"belfry":{"id":"1"}}', "belfry.id"],
    ["the document is no object", "[1]", "0"],
    ["the document is not JSON", '{"a":', "a"],
    ["the document is nested beyond measure", `{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`, "a"],
  ])("gives up when %s", (_why, document, path) => {
    expect(setAside(document, named(path))).toBeUndefined();
  });
});
