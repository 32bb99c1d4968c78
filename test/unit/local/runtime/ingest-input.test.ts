import { gzipSync, zstdCompressSync } from "node:zlib";
import { mayHoldEvents, piecesOf } from "@belfry/local/runtime/ingest-input";
import { describe, expect, it } from "vitest";

const event = { awslogs: { data: "H4sI" } };
const envelope = { messageType: "DATA_MESSAGE", owner: "1", logEvents: [] };

describe("what a file holds", () => {
  it("is events: one, several in an array, one a line, compressed or not", () => {
    const expected = { kind: "subscription", event };
    const text = JSON.stringify(event);
    expect(piecesOf(Buffer.from(JSON.stringify(event, null, 2)))).toEqual([expected]);
    expect(piecesOf(Buffer.from(`[${text},${text}]`))).toEqual([expected, expected]);
    expect(piecesOf(Buffer.from(`${text}\n\n${text}\n{"other":1}\n`))).toEqual([
      expected,
      expected,
      { kind: "message", text: '{"other":1}' },
    ]);
    expect(piecesOf(gzipSync(text))).toEqual([expected]);
    expect(piecesOf(zstdCompressSync(text))).toEqual([expected]);
  });

  it("is a payload in base64, as awslogs.data holds it", () => {
    const data = gzipSync(JSON.stringify(envelope)).toString("base64");
    expect(piecesOf(Buffer.from(`${data}\n`))).toEqual([{ kind: "subscription", event: { awslogs: { data } } }]);
  });

  it("is single documents, and what core reads as files", () => {
    expect(piecesOf(Buffer.from('{\n "a": 1\n}'))).toEqual([{ kind: "message", text: '{\n "a": 1\n}' }]);
    expect(piecesOf(Buffer.from('[{"a":1},2]'))).toEqual([
      { kind: "message", text: '{"a":1}' },
      { kind: "message", text: "2" },
    ]);
    const trail = '{"Records":[{"eventVersion":"1.08"}]}';
    expect(piecesOf(Buffer.from(trail))).toEqual([{ kind: "logs", text: trail }]);
    expect(piecesOf(Buffer.from("2026 INFO text"))).toEqual([{ kind: "logs" }]);
    expect(piecesOf(Buffer.from('{"a":1}\n{"b":2}\n'))).toEqual([{ kind: "logs" }]);
    expect(piecesOf(Buffer.alloc(0))).toEqual([{ kind: "logs" }]);
  });

  it.each([
    ["plain text", Buffer.from("INFO {"), false],
    ["NDJSON", Buffer.from('{"a":1}\n{"b":'), false],
    ["compressed NDJSON, cut off", gzipSync('{"a":1}\n'.repeat(100_000)).subarray(0, 500), false],
    ["an envelope", Buffer.from(JSON.stringify(envelope)), false],
    ["broken gzip", gzipSync("x").subarray(0, 9), false],
    ["the beginning of a long event", Buffer.from('{"Records":[{"kinesis":{"data":"AAAA'), true],
    ["an event a line", Buffer.from(`${JSON.stringify(event)}\n{"aw`), true],
    ["an array", Buffer.from("[{"), true],
    ["base64 of gzip", Buffer.from("H4sIAAAA"), true],
  ])("is told by its beginning: %s", async (_name, head, expected) => {
    expect(await mayHoldEvents(head)).toBe(expected);
  });
});
