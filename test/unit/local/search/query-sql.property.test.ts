import { matchesQuery } from "@belfry/local/search/query-match";
import { parseQuery } from "@belfry/local/search/query-parser";
import { toSql } from "@belfry/local/search/query-sql";
import { DuckDBInstance } from "@duckdb/node-api";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

const NOW_MS = Date.UTC(2026, 0, 31, 12);

const texts = [
  "ann",
  "Ann Lee",
  "timeout after 3 s",
  "TIMEOUT",
  "443",
  "0443",
  "443.0",
  "",
  "true",
  "10.1.2.3",
  "10.1.255.255",
  "300.1.1.1",
  "2026-01-31T11:59:00.000Z",
  "2026-01-30",
  "50%",
  "a_b",
  "a\\b",
  'it\'s "x"',
  "/health",
  "é",
  "null",
];
const scalar = fc.oneof(fc.constantFrom(...texts), fc.constantFrom(443, 443.5, -5, 0, 1e21, true, false, null));
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }),
  fc.array(fc.record({ k: scalar }, { requiredKeys: [] }), { maxLength: 3 }),
);
const document = fc.record(
  {
    message: fc.oneof(fc.constantFrom(...texts), value),
    a: fc.oneof(value, fc.record({ k: value, b: value }, { requiredKeys: [] })),
    t: value,
  },
  { requiredKeys: [] },
);

const field = fc.constantFrom("message", "a", "a.k", "a.b", "t", "no.such", "a.k.x");
const quoted = fc.constantFrom(...texts).map((text) => `"${text.replaceAll(/["\\]/g, "\\$&")}"`);
const clause = fc.oneof(
  fc.tuple(field, quoted).map(([name, text]) => `${name}:${text}`),
  fc
    .tuple(
      field,
      fc.constantFrom(
        "443",
        "-5",
        "443.00",
        "tim*",
        "*o?t*",
        "A??",
        "1?.1.*",
        "*\\%",
        "a\\_*",
        "*",
        "10.0.0.0/8",
        "10.1.2.0/24",
        "300.1.1.1/8",
      ),
    )
    .map(([name, text]) => `${name}:${text}`),
  fc
    .tuple(
      fc.constantFrom("a", "a.k", "a.b", "t", "no.such"),
      fc.constantFrom(
        ">443",
        ">=443",
        "<0",
        "[-10 TO 443}",
        "{0 TO *]",
        "[10.1.0.0 TO 10.1.3.0]",
        ">=now-1h",
        "<2026-01-31",
        "[2026-01-30 TO 2026-01-30]",
        "[a TO b]",
        ">ann",
      ),
    )
    .map(([name, range]) => `${name}:${range}`),
  field.map((name) => `_exists_:${name}`),
  fc.constantFrom("timeout", "time*", "lee", "after", '"timeout after"', "x"),
);
const query = fc
  .array(fc.tuple(fc.constantFrom("AND", "OR"), fc.boolean(), clause), { minLength: 1, maxLength: 3 })
  .map((parts) =>
    parts
      .map(([operator, negated, text], i) => `${i === 0 ? "" : `${operator} `}${negated ? "NOT " : ""}${text}`)
      .join(" "),
  );

describe("the SQL of a query", () => {
  it("finds exactly the documents that match it, whatever they hold", async () => {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run("CREATE TABLE documents (number INTEGER, doc JSON)");
    await fc.assert(
      fc.asyncProperty(
        fc.array(document, { minLength: 5, maxLength: 30, size: "max" }),
        fc.array(query, { minLength: 20, maxLength: 20 }),
        async (documents, queries) => {
          await connection.run("DELETE FROM documents");
          const appender = await connection.createAppender("documents");
          for (const [number, one] of documents.entries()) {
            appender.appendInteger(number);
            appender.appendVarchar(JSON.stringify(one));
            appender.endRow();
          }
          appender.closeSync();
          for (const text of queries) {
            const parsed = parseQuery(text, NOW_MS);
            const { text: condition, parameters } = toSql(parsed);
            const reader = await connection.runAndReadAll(
              `SELECT number FROM documents WHERE ${condition} ORDER BY number`,
              [...parameters],
            );
            const found = reader.getRows().map(([number]) => documents[Number(number)]);
            expect({ query: text, found }).toEqual({
              query: text,
              found: documents.filter((one) => matchesQuery(parsed, one)),
            });
          }
        },
      ),
      { numRuns: 25 },
    );
    connection.closeSync();
  }, 120_000);
});
