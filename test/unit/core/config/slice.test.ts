import { parseConfig } from "@belfry/core/config/load";
import { ConfigSchema } from "@belfry/core/config/schema";
import { sliceConfig } from "@belfry/core/config/slice";
import { expect, it } from "vitest";

const config = parseConfig(
  {
    routes: [{ name: "a", pattern: { event: { dataset: ["app.json"] } }, sinks: ["archive"] }],
    process: { entry: "./own.ts" },
    tests: [{ name: "t", given: { message: "x" }, expect: {} }],
  },
  "x",
);

it("gives a function no test cases and not the place of the user's module", () => {
  const slice = sliceConfig(config, "ingest");
  expect(slice).not.toHaveProperty("tests");
  expect(slice).not.toHaveProperty("process");
  expect(slice.routes).toEqual(config.routes);
});

it.each(["transform", "process"] as const)(
  "gives %s functions, which answer with their records, no routes and sinks",
  (group) => {
    expect(sliceConfig(config, group)).toMatchObject({ routes: [], sinks: {}, redact: config.redact });
  },
);

it("is valid as a configuration by itself, and a copy", () => {
  const slice = sliceConfig(config, "ingest");
  expect(ConfigSchema.parse(slice)).toMatchObject(slice);
  expect(slice.routes).not.toBe(config.routes);
});

it.each([
  ["archive", "export"],
  ["logs", "retention"],
] as const)("gives %s functions, which run no pipeline, only their part of what is deployed", (group, part) => {
  expect(sliceConfig(config, group)).toEqual({ metrics: config.metrics, deploy: { [part]: config.deploy[part] } });
});

it("gives search functions how long each data set is kept", () => {
  const slice = sliceConfig(config, "search");
  expect(Object.keys(slice).sort()).toEqual(["metrics", "retentionDays"]);
});

it.each(["ingest", "transform", "process"] as const)("gives %s functions nothing of what is deployed", (group) => {
  expect(sliceConfig(config, group)).not.toHaveProperty("deploy");
});
