import { readBulkAnswer, readErrorAnswer } from "@belfry/core/sinks/bulk-answer";
import { describe, expect, it } from "vitest";

const item = (id: string, status = 201) => ({
  create: { _index: "i", _id: id, _version: 1, _seq_no: id.length, status },
});
const answer = (errors: boolean, items: readonly object[]) => Buffer.from(JSON.stringify({ took: 3, errors, items }));

describe("readBulkAnswer", () => {
  it("takes an answer without errors for all items, whatever their lengths", () => {
    const items = ["a", "bb", "c", "dddd", "e", "f", "g"].map((id) => item(id));
    expect(readBulkAnswer(answer(false, items), 7)).toEqual({ kind: "all" });
  });

  it.each([1, 2, 1024, 1025, 3000])("takes a filtered answer for %i new documents", (sent) => {
    const items = Array.from({ length: sent }, () => ({ create: { status: 201 } }));
    const body = Buffer.from(JSON.stringify({ errors: false, items }));
    expect(readBulkAnswer(body, sent)).toEqual({ kind: "all" });
    expect(readBulkAnswer(body, sent + 1)).toEqual({ kind: "malformed" });
  });

  it("reads status and error of each item where there are errors", () => {
    const failed = { create: { status: 400, error: { type: "t", reason: "r", caused_by: { reason: "deeper" } } } };
    expect(readBulkAnswer(answer(true, [item("a"), failed]), 2)).toEqual({
      kind: "items",
      items: [{ status: 201 }, { status: 400, error: { type: "t", reason: "r: deeper" } }],
    });
  });

  it.each([
    ["is for fewer items", answer(false, [item("a")])],
    ["is for more items", answer(false, [item("a"), item("b"), item("c")])],
    ["is cut off", answer(false, [item("a"), item("b")]).subarray(0, -30)],
    ["has an item without a status", answer(true, [item("a"), { create: {} }])],
    ["has an item that is no object", answer(true, [item("a"), null as unknown as object])],
    ["is empty", Buffer.alloc(0)],
    ["is no object", Buffer.from("[]")],
  ])("sees that an answer %s", (_how, body) => {
    expect(readBulkAnswer(body, 2)).toEqual({ kind: "malformed" });
  });

  it("is not led astray by errors:false inside an item", () => {
    const failed = { create: { status: 400, error: { type: "t", reason: '{"errors":false' } } };
    expect(readBulkAnswer(answer(true, [failed]), 1).kind).toBe("items");
  });
});

describe("readErrorAnswer", () => {
  it.each([
    ["OpenSearch's own form", '{"error":{"type":"t","reason":"r"},"status":400}', { type: "t", reason: "r" }],
    ["a bare text", '{"error":"no handler found","status":400}', { type: "unknown", reason: "no handler found" }],
    ["AWS's form", '{"Message":"User is not authorized"}', { type: "unknown", reason: "User is not authorized" }],
    ["a proxy's page", "<html>413</html>", { type: "unknown", reason: "<html>413</html>" }],
    ["nothing", "", { type: "unknown", reason: "" }],
  ])("reads %s", (_form, body, expected) => {
    expect(readErrorAnswer(Buffer.from(body))).toEqual(expected);
  });
});
