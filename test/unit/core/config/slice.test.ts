import { parseConfig } from "@belfry/core/config/load";
import { ConfigSchema } from "@belfry/core/config/schema";
import { sliceConfig } from "@belfry/core/config/slice";
import { expect, it } from "vitest";

const GROUPS = ["ingest", "transform", "process", "archive", "logs", "search"] as const;

const config = parseConfig(
  {
    routes: [{ name: "a", pattern: { event: { dataset: ["app.json"] } }, sinks: ["archive"] }],
    metrics: { highResolution: true },
    retentionDays: { "app.json": 7 },
    process: { entry: "./own.ts" },
    accounts: { "111122223333": { name: "orders" } },
    channels: { mail: { type: "sns" } },
    oncall: { route: { receiver: "ops" }, receivers: { ops: { channels: ["mail"] } } },
    deploy: { region: "eu-west-1", export: { enabled: true, logGroups: ["/app/*"] }, retention: { days: 90 } },
    tests: [{ name: "t", given: { message: "x" }, expect: {} }],
  },
  "x",
);
const defaults = ConfigSchema.parse({});

it.each(GROUPS)("gives %s functions a whole configuration, and a copy", (group) => {
  const slice = sliceConfig(config, group);
  expect(ConfigSchema.parse(slice)).toEqual(slice);
  expect(slice.metrics).toEqual(config.metrics);
  expect(slice.metrics).not.toBe(config.metrics);
});

it.each(GROUPS)("gives %s functions no test cases and not the place of the user's module", (group) => {
  const slice = sliceConfig(config, group);
  expect(slice.tests).toEqual([]);
  expect(slice.process).toBeUndefined();
});

it("gives ingest functions the routes", () => {
  expect(sliceConfig(config, "ingest").routes).toEqual(config.routes);
});

it.each(["transform", "process"] as const)(
  "gives %s functions, which answer with their records, no routes and sinks",
  (group) => {
    expect(sliceConfig(config, group)).toMatchObject({ routes: [], sinks: {}, redact: config.redact });
  },
);

it.each([
  ["archive", "export"],
  ["logs", "retention"],
] as const)("gives %s functions, which run no pipeline, only their part of what is deployed", (group, part) => {
  const { metrics, deploy } = config;
  const expected = { ...defaults, metrics, deploy: { ...defaults.deploy, [part]: deploy[part] } };
  expect(sliceConfig(config, group)).toEqual(expected);
});

it("gives search functions how long each data set is kept", () => {
  const { metrics, retentionDays } = config;
  expect(sliceConfig(config, "search")).toEqual({ ...defaults, metrics, retentionDays });
});

it.each(["ingest", "transform", "process"] as const)("gives %s functions nothing of what is deployed", (group) => {
  expect(sliceConfig(config, group).deploy).toEqual(defaults.deploy);
});

it.each(GROUPS)("gives %s functions, which tell nobody, nothing of who is on call", (group) => {
  const { oncall, channels } = sliceConfig(config, group);
  expect({ oncall, channels }).toEqual({ oncall: defaults.oncall, channels: defaults.channels });
});

it.each(["alert", "alarm", "health"] as const)(
  "gives %s functions who is on call, and what accounts are called",
  (group) => {
    const { metrics, accounts, channels, oncall } = config;
    expect(sliceConfig(config, group)).toEqual({ ...defaults, metrics, accounts, channels, oncall });
  },
);

it("gives functions of canaries those that Belfry runs, without what is only deployed, and no other function any", () => {
  const own = { kind: "heartbeat" as const, urls: ["https://shop.example.com/"] };
  const managed = { type: "synthetics" as const, runtime: "syn-python-selenium-10.0" };
  const canaries = {
    shop: { ...own, schedule: "rate(1 minute)", description: "the shop" },
    managed: { kind: "script" as const, entry: "a.py", backend: managed },
  };
  const watched = parseConfig({ canaries }, "x");
  const slice = sliceConfig(watched, "canary");
  expect(Object.keys(slice.canaries)).toEqual(["shop"]);
  expect(slice.canaries.shop).toMatchObject({ urls: own.urls, schedule: "rate(5 minutes)" });
  expect(slice.canaries.shop).not.toHaveProperty("description");
  for (const group of [...GROUPS, "alert"] as const) {
    expect(sliceConfig(watched, group)).toEqual(sliceConfig(parseConfig({}, "x"), group));
  }
});
