import { NameTable } from "@belfry/core/parsers/name-table";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("NameTable", () => {
  it("finds each of its names and nothing else", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 60 }),
        fc.string({ maxLength: 8 }),
        (names, other) => {
          const table = new NameTable(names.map((name, i) => [name, i] as const));
          const find = (name: string): number => {
            const bytes = Buffer.from(`x${name}x`);
            return table.find(bytes, 1, bytes.length - 1);
          };
          expect(names.map(find)).toEqual(names.map((_, i) => i));
          expect(find(other)).toBe(names.indexOf(other));
        },
      ),
    );
  });
});
