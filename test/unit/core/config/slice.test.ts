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

it.each(["archive", "logs", "search"] as const)(
  "gives %s functions, which run no pipeline, only what they read",
  (group) => {
    const slice = sliceConfig(config, group);
    expect(slice).toMatchObject({ retentionDays: config.retentionDays, metrics: config.metrics });
    expect(slice).not.toHaveProperty("routes");
    expect(slice).not.toHaveProperty("redact");
  },
);
