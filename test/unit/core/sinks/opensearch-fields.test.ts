import { readdirSync } from "node:fs";
import { pathName } from "@belfry/core/event/field-path";
import { fieldsOf, MAPPED_CLASSES } from "@belfry/core/sinks/opensearch-fields";
import { beforeAll, describe, expect, it } from "vitest";

/** Kept in documents, and not to be searched: the message as it came stands beside the fields that were made of it. */
const NOT_INDEXED = ["event.original"];

const stages = new URL("../../../../packages/core/src/", import.meta.url);

describe("the mappings of the classes", () => {
  // Paths get their numbers when the modules that name them are loaded.
  beforeAll(async () => {
    for (const stage of ["event", "sources", "parsers", "transforms"]) {
      for (const file of readdirSync(new URL(stage, stages))) await import(new URL(`${stage}/${file}`, stages).href);
    }
  });

  it("cover every field that Belfry's own code names", () => {
    const mapped = new Map([undefined, ...MAPPED_CLASSES].flatMap((dataset) => [...fieldsOf(dataset)]));
    const names: string[] = [];
    for (let id = 1; pathName(id) !== ""; id++) names.push(pathName(id));
    const isCovered = (name: string) =>
      [...mapped].some(([field, type]) => {
        const isBelow = type === "flat" && name.startsWith(`${field}.`);
        return field === name || field.startsWith(`${name}.`) || isBelow;
      });
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name) => !isCovered(name) && !NOT_INDEXED.includes(name))).toEqual([]);
  });

  it("give each field one type everywhere", () => {
    const types = new Map<string, string>();
    for (const [field, type] of MAPPED_CLASSES.flatMap((dataset) => [...fieldsOf(dataset)])) {
      expect(types.get(field) ?? type).toBe(type);
      types.set(field, type);
    }
  });

  it("have no field below one that has a value", () => {
    for (const dataset of MAPPED_CLASSES) {
      const fields = [...fieldsOf(dataset).keys()];
      expect(fields.filter((field) => fields.some((above) => field.startsWith(`${above}.`)))).toEqual([]);
    }
  });
});
