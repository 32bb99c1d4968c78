import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadConfig, parseConfig } from "@belfry/core/config/load";
import { BelfryError } from "@belfry/core/platform/errors";
import { describe, expect, it } from "vitest";

/** The lines of the message, the first one (the file) left out. */
function problemsOf(value: unknown): string[] {
  try {
    parseConfig(value, "belfry.config.ts");
  } catch (error) {
    expect(error).toBeInstanceOf(BelfryError);
    expect((error as BelfryError).code).toBe("BAD_CONFIG");
    const [first, ...lines] = (error as BelfryError).message.split("\n");
    expect(first).toBe("belfry.config.ts is not a valid configuration:");
    return lines.map((line) => line.trim());
  }
  return [];
}

const pattern = { event: { dataset: ["app.json"] } };

describe("parsing a configuration", () => {
  it("fills in the defaults", () => {
    const config = parseConfig({}, "x");
    expect(config.defaultRoute).toEqual(["archive"]);
    expect(config.sinks).toEqual({ archive: { type: "archive", compression: "gzip" } });
    expect(config.redact.keepIdentities).toEqual(["aws.cloudtrail"]);
    expect(config.limits.inflatedBytes).toBe(134_217_728);
  });

  it.each<[string, unknown, string[]]>([
    ["an unknown key, with the nearest", { sinkz: {} }, ['sinkz: unknown key; did you mean "sinks"?']],
    [
      "an unknown key of a kind of sink",
      { sinks: { search: { type: "opensearch", maxReqestBytes: 70_000 } } },
      ['sinks.search.maxReqestBytes: unknown key; did you mean "maxRequestBytes"?'],
    ],
    [
      "an unknown key in a list",
      { drop: [{ name: "a", pattern, patern: 1 }] },
      ['drop[0].patern: unknown key; did you mean "pattern"?'],
    ],
    [
      "an unknown key of a route below others",
      {
        oncall: {
          route: { receiver: "a", routes: [{ routes: [{ reciever: "a" }] }] },
          receivers: { a: {} },
        },
      },
      ['oncall.route.routes[0].routes[0].reciever: unknown key; did you mean "receiver"?'],
    ],
    [
      "a receiver that there is not",
      { oncall: { route: { receiver: "a", routes: [{ receiver: "pagr" }] }, receivers: { a: {}, pager: {} } } },
      ['oncall.route.routes[0].receiver: no receiver named "pagr"; did you mean "pager"?'],
    ],
    [
      "an unknown key that is near none",
      { metrics: { xyzxyz: 1 } },
      ["metrics.xyzxyz: unknown key; known are namespace, highResolution, maxDimensionValues"],
    ],
    ["a value of the wrong type", { redact: { email: "yes" } }, ['redact.email: expected boolean, got "yes"']],
    [
      "a number out of its range",
      { limits: { lineBytes: 3 } },
      ["limits.lineBytes: too small: expected number to be >=1024, got 3"],
    ],
    [
      "a kind of sink that there is not",
      { sinks: { x: { type: "opnsearch" } } },
      [
        'sinks.x.type: expected one of archive, opensearch, firehose, kinesis, s3, file, got "opnsearch"; did you mean "opensearch"?',
      ],
    ],
    [
      "a bad name of a sink",
      { sinks: { Search: { type: "archive" } } },
      ["sinks.Search: a sink's name is lower-case letters, digits and hyphens, 32 at most"],
    ],
    ["a bad account id", { accounts: { "12": { name: "x" } } }, ["accounts.12: an account id has twelve digits"]],
    [
      "a parser that there is not",
      { parsers: [{ logGroup: "*", parser: "aws.vpcflows" }] },
      [
        'parsers[0].parser: expected one of aws.vpcflow, aws.cloudtrail, aws.lambda, app.json, app.text, got "aws.vpcflows"; did you mean "aws.vpcflow"?',
      ],
    ],
    [
      "a rule for a parser that names nothing",
      { parsers: [{ parser: "app.json" }] },
      ["parsers[0]: names none of logGroup, logStream, bucket, key"],
    ],
    [
      "a format for a parser that has none",
      { parsers: [{ logGroup: "*", parser: "app.json", format: "x" }] },
      ["parsers[0].format: only aws.vpcflow has a format, not app.json"],
    ],
    [
      "sinks that there are not",
      { routes: [{ name: "a", pattern, sinks: ["archve"] }], defaultRoute: ["zz"] },
      ['defaultRoute[0]: no sink named "zz"', 'routes[0].sinks[0]: no sink named "archve"; did you mean "archive"?'],
    ],
    [
      "a pattern that AWS refuses, with its reason",
      { routes: [{ name: "a", pattern: { source: "x" }, sinks: ["archive"] }] },
      ['routes[0].pattern: not an event pattern: "source" must be an object or an array'],
    ],
    [
      "an expression that does not compile",
      { redact: { expressions: ["("] } },
      ["redact.expressions[0]: invalid regular expression: /(/gu: Unterminated group"],
    ],
    [
      "names that stand twice or are reserved",
      {
        drop: [
          { name: "a", pattern },
          { name: "a", pattern },
        ],
        routes: [{ name: "default", pattern, sinks: ["archive"] }],
      },
      ['drop[1].name: "a" is a name twice', 'routes[0].name: "default" is the name of what no route takes'],
    ],
    [
      "test cases that expect what there is not",
      { tests: [{ name: "t", given: { message: "x" }, expect: { dropped: "a", route: "defalt", sinks: ["b"] } }] },
      [
        'tests[0].expect.sinks[0]: no sink named "b"',
        'tests[0].expect.dropped: no rule named "a"',
        'tests[0].expect.route: no route named "defalt"; did you mean "default"?',
      ],
    ],
    [
      "channels that there are not",
      {
        channels: { ops: { type: "sns" } },
        oncall: {
          route: { receiver: "a" },
          receivers: { a: { channels: ["inbox", "opps"], escalation: "chain" } },
          people: { ada: { channels: ["ops", "pagerduty"] } },
          escalations: { chain: { steps: [{ person: "ada" }, { channel: "inbx" }] } },
        },
      },
      [
        'oncall.receivers.a.channels[1]: no channel named "opps"; did you mean "ops"?',
        'oncall.people.ada.channels[1]: no channel named "pagerduty"',
        'oncall.escalations.chain.steps[1].channel: no channel named "inbx"; did you mean "inbox"?',
      ],
    ],
    [
      "a retention for no data set",
      { retentionDays: { "app.jsn": 3 } },
      ['retentionDays."app.jsn": no data set named "app.jsn"; did you mean "app.json"?'],
    ],
    ["what is no object", 5, ["expected object, got 5"]],
    [
      "every problem at once",
      { a: 1, keepOriginal: 1 },
      [
        "keepOriginal: expected boolean, got 1",
        "a: unknown key; known are accounts, streams, parsers, enrich, drop, sample, redact, routes, defaultRoute, sinks, keepOriginal, retentionDays, limits, metrics, process, channels, oncall, canaries, deploy, tests",
      ],
    ],
  ])("names %s", (_, value, expected) => {
    expect(problemsOf(value)).toEqual(expected);
  });

  it("accepts a sampled record's rule in a test case", () => {
    const value = {
      sample: [{ name: "debug", pattern, keep: 0 }],
      tests: [{ name: "t", given: { message: "x" }, expect: { dropped: "sample:debug" } }],
    };
    expect(problemsOf(value)).toEqual([]);
  });
});

describe("loading a configuration", () => {
  const folder = mkdtempSync(join(tmpdir(), "belfry-config-"));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it("loads the one in the repository", async () => {
    const config = await loadConfig(resolve(import.meta.dirname, "../../../../belfry.config.ts"));
    expect(config.tests.length).toBeGreaterThan(0);
  });

  it("loads TypeScript and JSON, which may name its schema", async () => {
    const typescript = file("a.ts", "const defaultRoute: string[] = ['archive'];\nexport default { defaultRoute };\n");
    const json = file("a.json", '{"$schema":"./belfry.config.schema.json","keepOriginal":true}');
    expect((await loadConfig(typescript)).defaultRoute).toEqual(["archive"]);
    expect((await loadConfig(json)).keepOriginal).toBe(true);
  });

  it.each([
    ["a file that is not there", "none.ts", undefined, /there is no configuration .*none\.ts/],
    ["text that is no JSON", "b.json", "{", /b\.json cannot be read: /],
    ["a module that fails", "c.ts", "throw new Error('broken');", /c\.ts cannot be read: broken/],
    ["a module without a default export", "d.ts", "export const x = 1;", /d\.ts has no default export/],
  ])("says why it cannot read %s", async (_, name, text, message) => {
    const path = text === undefined ? join(folder, name) : file(name, text);
    await expect(loadConfig(path)).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringMatching(message),
    });
  });
});
