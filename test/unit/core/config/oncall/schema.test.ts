import { OnCall, type OnCallInput } from "@belfry/core/config/oncall/schema";
import { describe, expect, it } from "vitest";

function problems(input: unknown): string[] {
  const { error } = OnCall.safeParse(input);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

const full: OnCallInput = {
  route: {
    receiver: "team",
    groupBy: ["account", "service"],
    routes: [
      {
        matchers: ['severity="critical"'],
        receiver: "pager",
        groupWait: "10s",
        routes: [{ pattern: { source: ["aws.health"] } }],
      },
      { matchers: ['env=~"dev|test"'], muteTimeIntervals: ["night"], flapping: false },
    ],
  },
  receivers: { team: { channels: ["slack"] }, pager: { channels: ["pagerduty"], escalation: "standard" } },
  inhibitRules: [{ sourceMatchers: ["severity=critical"], targetMatchers: ["severity=warning"], equal: ["service"] }],
  timeIntervals: { night: [{ times: [{ start: "00:00", end: "07:00" }], zone: "Europe/Berlin" }] },
  people: { ada: { channels: ["sms-ada"] }, bob: { channels: ["sms-bob"] } },
  escalations: {
    standard: { steps: [{ schedule: "primary" }, { wait: "10m", person: "bob", during: ["night"] }], repeat: 2 },
  },
  schedules: {
    primary: {
      zone: "Europe/Berlin",
      layers: [{ start: "2026-11-23T09:00", people: ["ada", "bob"] }],
      overrides: [{ start: "2026-12-24T18:00", end: "2026-12-26T09:00", person: "bob" }],
    },
  },
};

describe("OnCall", () => {
  it("has a receiver for everything when nothing is configured", () => {
    const { mode, route, receivers } = OnCall.parse({});
    expect([mode, route.receiver, Object.keys(receivers)]).toEqual(["belfry", "default", ["default"]]);
    const written = OnCall.parse({ receivers: { default: { channels: ["inbox"] } } });
    expect(receivers.default).toEqual(written.receivers.default);
  });

  it("takes a whole configuration", () => {
    expect(problems(full)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    [
      "a receiver",
      { route: { receiver: "teem" }, receivers: full.receivers },
      'route.receiver: no receiver named "teem"; did you mean "team"?',
    ],
    ["a topmost route without receiver", { route: {} }, "route: the topmost route must have a receiver"],
    [
      "a topmost route with conditions",
      { route: { receiver: "default", matchers: ["a=b"] } },
      "route: the topmost route must take every alert: it has no matchers and no pattern",
    ],
    [
      "a matcher",
      { inhibitRules: [{ sourceMatchers: ["a"], targetMatchers: ["a=b"] }] },
      'inhibitRules.0.sourceMatchers.0: the matcher a is not written as name="value", with =, !=, =~ or !~',
    ],
    [
      "an expression",
      { route: { receiver: "default", routes: [{ matchers: ["a=~(b"] }] } },
      "route.routes.0.matchers.0: the regular expression (b does not close a parenthesis",
    ],
    [
      "a pattern",
      { route: { receiver: "default", routes: [{ pattern: { a: [] } }] } },
      "route.routes.0.pattern: not an event pattern: Empty arrays are not allowed",
    ],
    [
      "an interval of nothing",
      { route: { receiver: "default", groupInterval: "0s" } },
      "route.groupInterval: must be longer than nothing",
    ],
    [
      "a time interval",
      { route: { receiver: "default", activeTimeIntervals: ["day"] } },
      'route.activeTimeIntervals.0: no time interval named "day"',
    ],
    [
      "a step without target",
      { escalations: { x: { steps: [{ wait: "5m" }] } } },
      "escalations.x.steps.0: give one of person, schedule and channel",
    ],
    [
      "a person",
      { escalations: { x: { steps: [{ person: "eve" }] } } },
      'escalations.x.steps.0.person: no person named "eve"',
    ],
    [
      "a chain",
      { receivers: { default: { escalation: "x" } } },
      'receivers.default.escalation: no escalation named "x"',
    ],
    [
      "a day",
      { schedules: { x: { layers: [{ start: "2026-02-30T09:00", people: ["ada"] }] } }, people: full.people },
      'schedules.x.layers.0.start: "2026-02-30T09:00" is no date and time: write it as 2026-11-23T09:00',
    ],
    [
      "an override",
      {
        schedules: {
          x: {
            layers: [{ start: "2026-02-20T09:00", people: ["ada"] }],
            overrides: [{ start: "2026-02-20T09:00", end: "2026-02-19T09:00", person: "ada" }],
          },
        },
        people: full.people,
      },
      "schedules.x.overrides.0: ends before it begins",
    ],
  ])("refuses %s that there is not or cannot be", (_, input, problem) => {
    expect(problems(input)).toContainEqual(expect.stringContaining(problem));
  });

  it("takes no keys that it does not know", () => {
    expect(problems({ routes: [] })).toHaveLength(1);
  });
});
