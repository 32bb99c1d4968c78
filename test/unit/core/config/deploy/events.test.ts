import { Events } from "@belfry/core/config/deploy/events";
import { describe, expect, it } from "vitest";

const QUEUE = "arn:aws:sqs:eu-west-1:111122223333:orders";
const RULE = { name: "orders", pattern: { source: ["shop"] }, targets: [QUEUE] };

/** A rule with five targets of its own. */
function many(i: number) {
  return {
    ...RULE,
    name: `orders-${i}`,
    targets: ["a", "b", "c", "d", "e"].map((suffix) => `${QUEUE}-${i}-${suffix}`),
  };
}

function problems(input: unknown): string[] {
  const parsed = Events.safeParse(input);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("the configuration of events", () => {
  it("has defaults for everything, and an explicit retention", () => {
    const events = Events.parse({});
    expect(events).toMatchObject({ shipped: {}, rules: [], schedules: [], capture: true, discoverer: false });
    expect(events.archive.days).toBe(90);
    expect(events.trustedSources).toEqual(["aws.*", "belfry.*"]);
  });

  it("takes rules with a pattern or by a shipped rule, and schedules", () => {
    const events = Events.parse({
      shipped: { "s3-object-created": true, "root-api-call": false },
      rules: [RULE, { name: "databases", shipped: "rds-failure", targets: [QUEUE], bus: "default" }],
      schedules: [{ name: "nightly", expression: "cron(0 2 * * ? *)", zone: "Europe/Berlin" }],
    });
    expect(events.rules.map(({ bus, replayed }) => [bus, replayed])).toEqual([
      ["belfry", false],
      ["default", false],
    ]);
    expect(events.schedules[0]).toMatchObject({ input: {}, zone: "Europe/Berlin" });
  });

  it.each([
    [{ shipped: { "no-such-rule": true } }, "shipped"],
    [{ rules: [{ ...RULE, pattern: { source: "shop" } }] }, "not an event pattern"],
    [{ rules: [{ ...RULE, shipped: "rds-failure" }] }, "give one of pattern and shipped"],
    [{ rules: [{ ...RULE, pattern: undefined }] }, "give one of pattern and shipped"],
    [{ rules: [{ ...RULE, targets: ["arn:aws:s3:::bucket"] }] }, "expected the ARN of a Lambda function"],
    [{ rules: [{ ...RULE, targets: [`${QUEUE}.fifo`] }] }, "take a standard one"],
    [{ rules: [{ ...RULE, bus: "other" }] }, 'no bus "other": there are belfry, default'],
    [{ rules: [RULE, RULE] }, '"orders" is a name twice'],
    [{ rules: Array.from({ length: 40 }, (_, i) => many(i)) }, "more than 9000 characters"],
    [{ schedules: [{ name: "a", expression: "cron(0 2 * * *)" }] }, "? in one of"],
    [{ schedules: [{ name: "a", expression: "rate(1 day)", zone: "Berlin" }] }, 'no time zone "Berlin"'],
    [{ alarmsTo: { kinesis: QUEUE } }, "expected the ARN of a Kinesis stream"],
    [{ archive: { days: 0 } }, "archive.days"],
    [{ partnerSources: ["example.com"] }, "aws.partner/"],
  ])("refuses what is wrong, and says why: %#", (input, reason) => {
    expect(problems(input).join("\n")).toContain(reason);
  });
});
