import { pathId } from "@belfry/core/event/field-path";
import type { RecordBatch } from "@belfry/core/event/record-batch";
import { createRedact } from "@belfry/core/transforms/redact";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spell, spelling, Verbatim } from "../support/json-text.ts";
import { documentFor, parsedBatch, redactRules } from "../support/redacted.ts";
import { passesLuhn, plainCard, planted } from "../support/secrets.ts";

const RUNS = { numRuns: 2000 };
const redact = createRedact(redactRules());

/** What may stand right before and behind a secret; in JSON some of it is an escape that ends in a letter or a digit. */
const edge = fc.constantFrom(...' \n\t\b\f\r<(>,;é한\u0001"', "\\ ");
const words = fc.string({ unit: fc.constantFrom(..."abc XYZ019.,:/-_=()\n\té한😀\"\\'%&"), maxLength: 40 });

/** A text with secrets in it, and which ones. */
const secretText = fc.array(fc.tuple(words, edge, planted, edge), { minLength: 1, maxLength: 4 }).map((parts) => ({
  text: parts.map(([before, left, { text }, right]) => before + left + text + right).join(" "),
  secrets: parts.map(([, , { secret }]) => secret),
}));
const harmlessText = words.map((text) => ({ text, secrets: [] as string[] }));
const anyText = fc.oneof(harmlessText, secretText);

interface Tree {
  readonly value: unknown;
  readonly secrets: readonly string[];
}

const number = fc.oneof(
  fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })).map((n) => ({
    value: new Verbatim(JSON.stringify(n)),
    secrets: [] as string[],
  })),
  plainCard.map((digits) => ({ value: new Verbatim(digits), secrets: [digits] })),
);
const leaf: fc.Arbitrary<Tree> = fc.oneof(
  anyText.map(({ text, secrets }) => ({ value: text, secrets })),
  number,
  fc.constantFrom(null, true, false).map((value) => ({ value, secrets: [] })),
);
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie("tree"), { maxLength: 4 }).map((trees) => ({
      value: trees.map(({ value }) => value),
      secrets: trees.flatMap(({ secrets }) => secrets),
    })),
    members(tie("tree")),
  ),
}));
const object = members(tree);

function members(member: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> {
  const entry = fc.tuple(fc.oneof({ weight: 5, arbitrary: harmlessText }, secretText), member);
  return fc.uniqueArray(entry, { selector: ([{ text }]) => text, maxLength: 4 }).map((entries) => ({
    value: Object.fromEntries(entries.map(([key, { value }]) => [`k${key.text}`, value])),
    secrets: entries.flatMap(([key, { secrets }]) => [...key.secrets, ...secrets]),
  }));
}

const json = fc.tuple(object, spelling).map(([{ value, secrets }, how]) => ({ text: spell(value, how), secrets }));

describe("redaction", () => {
  it("lets no secret in a text through to the document", () => {
    fc.assert(
      fc.property(secretText, ({ text, secrets }) => {
        const { message } = documentFor(redactedBatch(text), 0) as { message: string };
        for (const secret of secrets) expect(message).not.toContain(secret);
      }),
      RUNS,
    );
  });

  it("lets no secret in JSON through, however it is spelt, and leaves it JSON of the same form", () => {
    fc.assert(
      fc.property(json, ({ text, secrets }) => {
        const { app } = documentFor(redactedBatch(text), 0);
        const leaves = JSON.stringify(stringsOf(app));
        for (const secret of secrets) expect(leaves).not.toContain(JSON.stringify(secret).slice(1, -1));
        expect(formOf(app)).toEqual(formOf(JSON.parse(text)));
      }),
      RUNS,
    );
  });

  it("lets no secret in a computed value through", () => {
    fc.assert(
      fc.property(object, spelling, ({ value, secrets }, how) => {
        const text = spell(value, how);
        const plain = JSON.parse(text);
        const batch = parsedBatch([text]);
        batch.addDerived(0, pathId("derived"), plain);
        redact.apply(batch);
        const { derived } = documentFor(batch, 0);
        const leaves = JSON.stringify(stringsOf(derived));
        for (const secret of secrets) expect(leaves).not.toContain(JSON.stringify(secret).slice(1, -1));
        expect(formOf(derived)).toEqual(formOf(plain));
      }),
      RUNS,
    );
  });

  it("keeps lengths and what came, and finds nothing more the second time", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(secretText, harmlessText, json), { minLength: 1, maxLength: 5 }), (given) => {
        const texts = given.map(({ text }) => text);
        const batch = redactedBatch(...texts);
        const once = texts.map((_, record) => batch.messageOf(record));
        for (const [record, text] of texts.entries()) {
          expect(batch.originalOf(record).toString()).toBe(text);
          expect(Buffer.byteLength(once[record])).toBe(Buffer.byteLength(text));
        }
        const again = redactedBatch(...once);
        expect(once.map((_, record) => again.messageOf(record))).toEqual(once);
      }),
      RUNS,
    );
  });

  it("changes nothing else: what it did not mask stands as it stood", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, json), ({ text, secrets }) => {
        const masked = Buffer.from(redactedBatch(text).messageOf(0));
        const original = Buffer.from(text);
        if (secrets.length === 0 && !text.includes("=")) expect(masked.toString()).toBe(text);
        for (const [i, byte] of masked.entries()) if (!MASKS.includes(byte)) expect(byte).toBe(original[i]);
      }),
      RUNS,
    );
  });

  it("takes any bytes, with any rules, and never throws", () => {
    const rules = { literals: ["abc", 'ab"\\', "éé9"], expressions: ["[a-c]+", ".\\n", "\\p{L}$", "\\d*"] };
    const custom = createRedact(redactRules(rules));
    const parts = fc.constantFrom(
      ...'{}[]":,\\u0041@=%4JB .abcé😀09\n',
      "password",
      "eyJ",
      "Bearer ",
      "4111111111111111",
    );
    fc.assert(
      fc.property(fc.array(fc.array(parts, { maxLength: 40 }).map((all) => all.join(""))), (texts) => {
        const batch = parsedBatch(texts);
        custom.apply(batch);
        for (const [record, text] of texts.entries()) expect(batch.originalOf(record).toString()).toBe(text);
      }),
      RUNS,
    );
  });
});

describe("the search for secrets", () => {
  it("finds what plain regular expressions find", () => {
    const pieces = fc.constantFrom(
      ...'aZ09.-_@ :"=',
      "AKIAIOSFODNN7EXAMPLE",
      "ASIA",
      "IOSFODNN7EXAMPLE",
      "@x.com",
      "bob",
      "4111",
      "1111",
      "11111111",
      "eyJhbGciOiJIUzI1NiJ9",
      "eyJ",
      "password=",
      "token",
      "Bearer 0a1b2c3d4e",
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 30 }).map((all) => all.join("")),
        (text) => {
          const masked = redactedBatch(text).messageOf(0);
          for (const [from, to] of plainlyFound(text)) expect(masked.slice(from, to)).toBe("*".repeat(to - from));
        },
      ),
      { numRuns: 5000 },
    );
  });
});

/** Spans that must be masked, by regular expressions that say it simply. */
function plainlyFound(text: string): [number, number][] {
  const spans = (expression: RegExp): [number, number][] =>
    [...text.matchAll(expression)].map((match) => [match.index, match.index + match[0].length]);
  const cards = spans(/(?<![\d.]|[a-f\d]\d*)(?<!\d)\d{13,19}(?![\d.a-zA-Z])/g).filter(([from, to]) => {
    const digits = text.slice(from, to);
    return /^4/.test(digits) && [13, 16, 19].includes(digits.length) && passesLuhn(digits);
  });
  return [
    ...spans(/[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9](?![A-Za-z0-9.-])/g),
    ...spans(/(?<=(?<![A-Z0-9])A(?:KIA|SIA))[A-Z0-9]{12}(?=[A-Z0-9]{4})/g),
    ...spans(/eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+/g),
    ...cards,
  ];
}

/** Bytes that masks are made of: stars, ordinals of masked keys, and null or 0 with blanks for numbers. */
const MASKS: readonly number[] = [...Buffer.from("*0123456789nul ")];

function redactedBatch(...messages: string[]): RecordBatch {
  const batch = parsedBatch(messages);
  redact.apply(batch);
  return batch;
}

/** All that is text or number in a value, keys included. */
function stringsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(stringsOf)];
}

/** A value with its texts and numbers left out; a masked number is null, so the two look the same. */
function formOf(value: unknown): unknown {
  if (typeof value === "number" || value === null) return null;
  if (typeof value === "string") return "";
  if (Array.isArray(value)) return value.map(formOf);
  return typeof value === "object" ? Object.values(value).map(formOf) : value;
}
