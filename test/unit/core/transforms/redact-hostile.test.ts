import { createRedact } from "@belfry/core/transforms/redact";
import { expect, it } from "vitest";
import { parsedBatch, redacted, redactRules } from "../../../support/redacted.ts";

/** Texts in which each place looks like the beginning of something long: a search that started over at each would take hours. */
const PIECES = [
  "eyJ",
  "eyJ.",
  "key=",
  "token=",
  "token:",
  "authorization: ",
  'key="',
  'password=\\"',
  "Bearer ",
  "a@",
  "a.b@c.",
  "jane@example.com ",
  "%40",
  "4111111111111111a",
  "4111 ",
  "4111 1111 1111 1111 ",
  "AKIA",
  "AKIAIOSFODNN7EXAMPLE",
  "\\",
  "\\u",
  "\\u0040",
  "_-d=",
  " =",
  '"',
  "{",
];
const BYTES = 500_000;

it.each(PIECES)("takes time in proportion to the length of a text of %j", (piece) => {
  const text = piece.repeat(Math.ceil(BYTES / piece.length));
  expect(redacted(text)).toHaveLength(text.length);
});

it("takes time in proportion to the number of secrets in JSON", () => {
  const members = Array.from(
    { length: 10_000 },
    (_, i) => `"k${i}":{"mail":"user${i}@example.com","password":"p${i}"}`,
  );
  const batch = parsedBatch([`{${members.join(",")}}`]);
  createRedact(redactRules({ literals: ["user"], expressions: ["k\\d+"] })).apply(batch);
  expect(batch.messageOf(0)).not.toContain("example.com");
});
