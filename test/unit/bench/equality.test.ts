import { expect, test } from "vitest";
import { differenceOf, type Sent } from "../../bench/equality.ts";

interface Document {
  readonly belfry: { readonly id: string };
  readonly [field: string]: unknown;
}

const A = { belfry: { id: "a" }, message: "first", event: { dataset: "app.text" } };
const B = { belfry: { id: "b" }, message: "second", event: { dataset: "app.text" } };

function sent(documents: readonly Document[], index = "belfry-app.text-2026.11.22"): Sent {
  const archive = documents.map((document) => `${JSON.stringify(document)}\n`);
  const bulk = documents.map(
    (document, i) => `{"create":{"_index":"${index}","_id":"${document.belfry.id}"}}\n${archive[i]}`,
  );
  return { bulk: bulk.join(""), archive: archive.join(""), received: documents.length, dropped: { rule: 1 } };
}

test("the order of documents and of keys does not matter", () => {
  const turned = { event: B.event, message: B.message, belfry: B.belfry };
  expect(differenceOf(sent([turned, A]), sent([A, B]))).toBeUndefined();
});

test("another value is named with its path and both values", () => {
  const other = { ...B, event: { dataset: "app.json" } };
  expect(differenceOf(sent([A, other]), sent([A, B]))).toMatch(
    'bulk: document b: event.dataset is "app.json", expected "app.text"',
  );
});

test("a field too many is a difference", () => {
  expect(differenceOf(sent([{ ...A, labels: { x: "1" } }]), sent([A]))).toMatch('labels is {"x":"1"}, expected absent');
});

test("a document that is missing, additional or in another index is a difference", () => {
  expect(differenceOf({ ...sent([A]), received: 2 }, sent([A, B]))).toMatch("no document b");
  expect(differenceOf({ ...sent([A, B]), received: 1 }, sent([A]))).toMatch("a document b too many");
  expect(differenceOf(sent([A], "belfry-app.text-undated"), sent([A]))).toMatch("a goes to");
});

test("a document that the archive alone lacks is a difference", () => {
  const whole = sent([A, B]);
  expect(differenceOf({ ...whole, archive: sent([A]).archive }, whole)).toMatch("archive: no document b");
});

test("other counts are a difference", () => {
  expect(differenceOf({ ...sent([A]), received: 2 }, sent([A]))).toBe("received 2, expected 1");
  expect(differenceOf({ ...sent([A]), dropped: {} }, sent([A]))).toBe('dropped {}, expected {"rule":1}');
});

test("the same id twice to one destination is an error", () => {
  expect(() => differenceOf(sent([A, A]), sent([A, A]))).toThrow("two documents have the id a");
});
