import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compilePattern } from "@belfry/core/patterns/event-pattern";
import { describe, expect, it } from "vitest";
import { SHIPPED_RULE_NAMES } from "../../../packages/core/src/config/deploy/shipped-rule-names.ts";
import { withoutReplays } from "../../../stacks/rules/shipped-rule.ts";
import { regionalRules, ruleRegions, SHIPPED_RULES } from "../../../stacks/rules/shipped-rules.ts";
import { eventFixtures } from "../support/event-fixtures.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MAX_PATTERN_CHARS = 2048;

const fixtures = eventFixtures();
const compiled = SHIPPED_RULES.map((rule) => ({ rule, pattern: compilePattern(withoutReplays(rule.pattern)) }));

function matching(event: unknown): string[] {
  return compiled.filter(({ pattern }) => pattern.matchesText(JSON.stringify(event))).map(({ rule }) => rule.name);
}

describe("the shipped rules", () => {
  it.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
    "%s is matched by its rule alone",
    (_, { event, rules }) => {
      expect(matching(event)).toEqual(rules);
    },
  );

  it.each(SHIPPED_RULES.map((rule) => [rule.name, rule] as const))(
    "%s has an event that it matches, and one of the same service or kind that it does not",
    (name, { pattern }) => {
      const sources = (pattern.source ?? []) as readonly string[];
      const kinds = pattern["detail-type"] as readonly string[];
      const isNear = (event: Readonly<Record<string, unknown>>): boolean =>
        sources.includes(String(event.source)) || kinds.includes(String(event["detail-type"]));
      expect(fixtures.filter(({ rules }) => rules.includes(name)).length).toBeGreaterThan(0);
      const near = fixtures.filter(({ event, rules }) => !rules.includes(name) && isNear(event));
      // Of Cost Explorer there is one kind of event, and nothing near it.
      if (name !== "cost-anomaly") expect(near.length).toBeGreaterThan(0);
    },
  );

  it("match nothing that a replay brings again", () => {
    for (const { event } of fixtures) expect(matching({ ...event, "replay-name": "again" })).toEqual([]);
  });

  it("have names of their own, and patterns that EventBridge takes", () => {
    expect(new Set(SHIPPED_RULES.map(({ name }) => name)).size).toBe(SHIPPED_RULES.length);
    for (const { pattern } of SHIPPED_RULES) {
      expect(JSON.stringify(withoutReplays(pattern)).length).toBeLessThanOrEqual(MAX_PATTERN_CHARS);
    }
  });

  it("are on the page about events, with what they need and whether they are on", () => {
    const page = readFileSync("docs/events.md", "utf8");
    for (const { name, description, needs = "", regions, isDefault, url } of SHIPPED_RULES) {
      const where = regions?.map((region) => `\`${region}\``).join(", ") ?? "all";
      expect(page).toContain(
        `| [\`${name}\`](${url}) | ${description} | ${where} | ${needs} | ${isDefault ? "on" : "off"} |`,
      );
    }
  });

  it("have the names that the configuration knows", () => {
    expect(SHIPPED_RULES.map(({ name }) => name).toSorted()).toEqual([...SHIPPED_RULE_NAMES].sort());
  });

  it("match in their regions the events of their fixtures", () => {
    for (const { event, rules } of fixtures) {
      for (const rule of SHIPPED_RULES.filter(({ name }) => rules.includes(name))) {
        if (rule.regions !== undefined) expect(rule.regions).toContain(event.region);
      }
    }
  });
});

const oracles = join(process.env.BELFRY_ORACLES ?? "", "events");

describe.runIf(process.env.BELFRY_ORACLES !== undefined && existsSync(oracles))("events that others published", () => {
  interface Published {
    readonly shape?: string;
    readonly event?: Readonly<Record<string, unknown>>;
  }
  const published = (existsSync(oracles) ? readdirSync(oracles) : [])
    .filter((file) => file.startsWith("eventbridge."))
    .flatMap((file) => JSON.parse(readFileSync(join(oracles, file), "utf8")) as Published[])
    .flatMap(({ event }) => (event === undefined ? [] : [event]));

  it("are matched by at most one rule each, and by none if no rule is for their service", () => {
    const sources = new Set(SHIPPED_RULES.flatMap(({ pattern }) => (pattern.source ?? []) as readonly string[]));
    for (const { "replay-name": _replay, ...event } of published) {
      const names = matching(event);
      expect(names.length).toBeLessThanOrEqual(1);
      const isKnown = sources.has(String(event.source)) || event["detail-type"] === "AWS API Call via CloudTrail";
      if (!isKnown) expect(names).toEqual([]);
    }
  });

  it("of alarms, instances and AWS Health are all matched", () => {
    const kinds = ["CloudWatch Alarm State Change", "EC2 Instance State-change Notification", "AWS Health Event"];
    const wanted = published.filter(
      (event) => kinds.includes(String(event["detail-type"])) && String(event.source).startsWith("aws."),
    );
    expect(wanted.length).toBeGreaterThan(0);
    for (const { "replay-name": _replay, ...event } of wanted) expect(matching(event)).toHaveLength(1);
  });
});

describe("the rules of a region", () => {
  const rules = SHIPPED_RULES.filter(({ isDefault }) => isDefault);
  const names = (region: string, regions: readonly string[]): string[] =>
    regionalRules(region, { regions, rules }).map(({ name }) => name);

  it("are all where something runs, less those of global services", () => {
    expect(names("eu-west-1", ["eu-west-1"])).toContain("ec2-instance-state-change");
    expect(names("eu-west-1", ["eu-west-1"])).not.toContain("iam-change");
    expect(names("us-east-1", ["us-east-1"])).toHaveLength(rules.length);
  });

  it("are those of global services and AWS Health in us-east-1, and AWS Health's in us-west-2, where nothing runs", () => {
    expect(names("us-east-1", ["eu-west-1"]).toSorted()).toEqual([
      "cost-anomaly",
      "health-event",
      "iam-change",
      "trusted-advisor-check",
    ]);
    expect(names("us-west-2", ["eu-west-1"])).toEqual(["health-event"]);
    expect(names("ap-south-1", ["eu-west-1"])).toEqual([]);
    expect(ruleRegions({ regions: ["eu-west-1"], rules })).toEqual(["eu-west-1", "us-east-1", "us-west-2"]);
  });

  it("are none outside of a partition that has other regions", () => {
    expect(ruleRegions({ regions: ["cn-north-1"], rules })).toEqual(["cn-north-1"]);
  });
});
