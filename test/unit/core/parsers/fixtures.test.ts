import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createParse, createParseAs } from "@belfry/core/parsers/choose";
import { describe, expect, it } from "vitest";
import { fieldOf, parsed } from "../../../support/parse.ts";

interface Fixture {
  readonly dataset: string;
  readonly origin?: { readonly logGroup?: string; readonly logStream?: string };
  readonly cases: readonly {
    readonly name: string;
    readonly message: string;
    /** The source that a tool is told; without it, the parser is chosen. */
    readonly as?: string;
    readonly format?: string;
    readonly time?: string;
    readonly fields?: Readonly<Record<string, unknown>>;
    readonly absent?: readonly string[];
  }[];
}

const FOLDER = join(import.meta.dirname, "../../../fixtures");

for (const service of ["vpcflow", "cloudtrail", "lambda", "json", "text"]) {
  for (const file of readdirSync(join(FOLDER, service))) {
    const fixture = JSON.parse(readFileSync(join(FOLDER, service, file), "utf8")) as Fixture;
    describe(`${fixture.dataset}, ${file}`, () => {
      it.each(fixture.cases)("$name", ({ message, as, format, time, fields = {}, absent = [] }) => {
        const parse = as === undefined ? createParse([]) : createParseAs(as, format === undefined ? {} : { format });
        const origin = { resource: fixture.origin ?? {}, time: time === undefined ? Number.NaN : Date.parse(time) };
        const document = parsed(message, origin, parse);
        expect(fieldOf(document, "event.dataset")).toBe(fixture.dataset);
        expect(Object.fromEntries(Object.keys(fields).map((path) => [path, fieldOf(document, path)]))).toEqual(fields);
        expect(absent.filter((path) => fieldOf(document, path) !== undefined)).toEqual([]);
      });
    });
  }
}
