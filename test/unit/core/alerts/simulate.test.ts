import { createSilence } from "@belfry/core/alerts/silence";
import { type SimulationOptions, simulate } from "@belfry/core/alerts/simulate";
import type { SimulationResult } from "@belfry/core/alerts/simulate-result";
import { parseMatchers } from "@belfry/core/config/oncall/label-matcher";
import { OnCall, type OnCallInput } from "@belfry/core/config/oncall/schema";
import { HealthBook } from "@belfry/core/health/health-book";
import { describe, expect, it } from "vitest";
import { eventOf } from "../../../support/alert-events.ts";

const onCall: OnCallInput = {
  route: { receiver: "team", groupBy: ["service"] },
  receivers: {
    team: { channels: ["slack"] },
    pager: { channels: ["pagerduty"], escalation: "standard" },
  },
  people: { ada: { channels: ["sms-ada"] }, bob: { channels: ["sms-bob"] } },
  escalations: { standard: { steps: [{ schedule: "primary" }, { wait: "10m", person: "bob" }] } },
  schedules: { primary: { layers: [{ start: "2026-11-16T09:00", people: ["ada"] }] } },
};

/** An alarm's event at a time of day. */
function alarm(name: string, time: string, value: "ALARM" | "OK" = "ALARM", over: object = {}): object {
  const at = `2026-11-22T${time}Z`;
  const detail = { alarmName: name, state: { value, timestamp: at }, previousState: { value: "OK" }, ...over };
  const resources = [`arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${name}`];
  return eventOf("aws.cloudwatch", "CloudWatch Alarm State Change", detail, {
    id: `${name}${at}`,
    time: at,
    resources,
  });
}

function run(events: readonly object[], over: OnCallInput = {}, options: Partial<SimulationOptions> = {}) {
  const named = events.map((event, i) => ({ name: `${i}`, event }));
  const config = OnCall.parse({ ...onCall, ...over });
  return simulate(named, { config, health: new HealthBook(), nowMs: 0, ...options });
}

function lines({ entries }: SimulationResult): string[] {
  return entries.map(({ at, channel, person, kind, isPage }) => {
    const time = new Date(at).toISOString().slice(11, 19);
    return `${time} ${channel ?? person ?? "-"} ${kind}${isPage ? "!" : ""}`;
  });
}

function became({ events }: SimulationResult): string[] {
  return events.map(({ event, alerts, reason }) => {
    const fates = alerts.map((alert) => [alert.became, ...(alert.by === undefined ? [] : [alert.by])].join(" by "));
    return `${event} ${reason ?? fates.join(", ")}`;
  });
}

const pager = { route: { receiver: "pager" } };

describe("who is told", () => {
  it("tells of a group once it has waited, and of its end", () => {
    const result = run([
      alarm("a", "10:00:00"),
      alarm("b", "10:00:10"),
      alarm("a", "10:20:00", "OK"),
      alarm("b", "10:21:00", "OK"),
    ]);
    expect(lines(result)).toEqual(["10:00:30 slack opened!", "10:20:30 slack updated", "10:25:30 slack resolved"]);
    expect(result.entries[0]).toMatchObject({ title: "a and 1 more", receiver: "team" });
    expect(became(result)).toEqual(["0 told", "1 told", "2 told", "3 told"]);
  });

  it("sorts events by their times", () => {
    const [first, second] = [alarm("a", "10:00:00"), alarm("a", "10:20:00", "OK")];
    expect(lines(run([second, first]))).toEqual(lines(run([first, second])));
  });

  it("pages people by the schedule, one after the other, when nobody takes the incident", () => {
    const result = run([alarm("a", "10:00:00")], pager, { untilMs: Date.UTC(2026, 10, 22, 12) });
    expect(lines(result)).toEqual([
      "10:00:30 pagerduty opened!",
      "10:00:30 ada escalation!",
      "10:10:30 bob escalation!",
    ]);
    expect(result.entries[1]?.why).toBe("the chain standard, on call by primary; told by sms-ada");
  });

  it("stops when whoever was paged acknowledges, and reminds", () => {
    const result = run([alarm("a", "10:00:00")], pager, { ackAfterMs: 420_000, untilMs: Date.UTC(2026, 10, 22, 15) });
    expect(lines(result)).toEqual([
      "10:00:30 pagerduty opened!",
      "10:00:30 ada escalation!",
      "10:07:30 ada acknowledged",
      "14:07:30 pagerduty reminder!",
    ]);
  });

  it("says when nobody is on call", () => {
    const schedules = { primary: { layers: [{ start: "2027-01-01T09:00", people: ["ada"] }] } };
    const escalations = { standard: { steps: [{ schedule: "primary" }] } };
    const result = run(
      [alarm("a", "10:00:00")],
      { ...pager, schedules, escalations },
      { untilMs: Date.UTC(2026, 10, 22, 11) },
    );
    expect(lines(result)).toEqual(["10:00:30 pagerduty opened!", "10:00:30 - nobody-to-page"]);
  });

  it("shows the incident where a receiver has no channels", () => {
    const result = run(
      [alarm("a", "10:00:00")],
      { receivers: { team: {}, pager: {} } },
      { untilMs: Date.UTC(2026, 10, 22, 11) },
    );
    expect(lines(result)).toEqual(["10:00:30 - opened!"]);
  });

  it("ends an alert in the group that its labels have left", () => {
    const tagged = (severity: string) => ({ alarmTags: { severity } });
    const result = run(
      [alarm("a", "10:00:00", "ALARM", tagged("warning")), alarm("a", "10:10:00", "ALARM", tagged("critical"))],
      { route: { receiver: "team", groupBy: ["severity"] } },
      { untilMs: Date.UTC(2026, 10, 22, 11) },
    );
    expect(became(result)).toEqual(["0 told", "1 told"]);
    expect(lines(result)).toEqual(["10:00:30 slack opened!", "10:10:30 slack opened!", "10:10:30 slack resolved"]);
    expect(new Set(result.entries.map(({ group }) => group)).size).toBe(2);
  });

  it("passes over long times in which nothing comes", () => {
    const later = { ...alarm("a", "10:00:00", "OK"), time: "2031-11-22T10:00:00Z" };
    const result = run([alarm("a", "10:00:00"), later]);
    expect(result.skipped).toEqual([{ from: Date.UTC(2026, 10, 24, 10), to: Date.UTC(2031, 10, 22, 10) }]);
    expect(result.entries.length).toBeLessThan(30);
  });
});

describe("what becomes of an event", () => {
  it("is held back by a silence, an inhibition or a time interval, and says by which", () => {
    const matchers = parseMatchers('alarmname="a"');
    const silence = { id: "s1", matchers, startsAt: 0, endsAt: 1e15, createdBy: "ada", comment: "" };
    const inhibitRules = [{ sourceMatchers: ['alarmname="c"'], targetMatchers: ['alarmname="b"'] }];
    const result = run(
      [alarm("a", "10:00:00"), alarm("b", "10:00:05"), alarm("c", "10:00:10")],
      { inhibitRules },
      { silences: [createSilence(silence, 0)] },
    );
    const source = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:c";
    expect(became(result)).toEqual(["0 silence by s1", `1 inhibition by ${source}`, "2 told"]);
    const muted = run([alarm("a", "10:00:00")], {
      route: { receiver: "team", routes: [{ muteTimeIntervals: ["always"], receiver: "team" }] },
      timeIntervals: { always: [{ years: ["2000:2100"] }] },
    });
    expect([...lines(muted), ...became(muted)]).toEqual(["0 time-interval by always"]);
  });

  it("is the same again, old, replayed, over before anybody was told, or the end of what nobody knew", () => {
    const result = run([
      alarm("a", "10:00:00"),
      alarm("a", "10:00:00"),
      { ...alarm("a", "09:00:00"), time: "2026-11-22T10:05:00Z" },
      { ...alarm("r", "10:06:00"), "replay-name": "again" },
      alarm("n", "10:40:00", "OK"),
    ]);
    expect(became(result)).toEqual(["0 told", "1 again", "2 old", "3 replayed", "4 unheard"]);
    const short = [alarm("s", "10:30:01"), alarm("s", "10:30:02", "OK")];
    expect(became(run(short))).toEqual(["0 over-before", "1 unheard"]);
  });

  it("is held back by its source, and told after the mute's end although nobody could ask CloudWatch", () => {
    const muteDetail = { mutedByArn: "arn:rule", muteWindowEnd: "2026-11-22T10:30:00Z" };
    const muted = [alarm("a", "10:00:00", "ALARM", { muteDetail })];
    const untilMs = Date.UTC(2026, 10, 22, 10, 10);
    expect(became(run(muted, {}, { untilMs }))).toEqual(["0 suppressed by arn:rule"]);
    expect(became(run(muted))).toEqual(["0 told"]);
    expect(lines(run(muted))[0]).toBe("10:31:00 slack opened!");
  });

  it("is no alert, with the reason, or later than the end", () => {
    const result = run([{ hello: "world" }, alarm("a", "10:00:00")], {}, { untilMs: 1000 });
    expect(became(result)).toEqual([
      "0 neither an event of EventBridge nor a message of SNS nor an alarm's action",
      "1 later than the end of the simulation",
    ]);
  });

  it("waits for the pages of AWS Health, and is one alert", () => {
    const page = (number: number) =>
      eventOf("aws.health", "AWS Health Event", {
        eventArn: "arn:aws:health:eu-west-1::event/EC2/X/1",
        service: "EC2",
        eventTypeCode: "AWS_EC2_OPERATIONAL_ISSUE",
        eventTypeCategory: "issue",
        statusCode: "open",
        communicationId: `abc-${number}`,
        page: `${number}`,
        totalPages: "2",
        lastUpdatedTime: "Sun, 22 Nov 2026 10:00:00 GMT",
        affectedEntities: [{ entityValue: `i-${number}`, status: "IMPAIRED" }],
      });
    const result = run([page(2), page(1)]);
    expect(became(result)).toEqual(["0 nothing that AWS Health had not said before", "1 told"]);
    expect(became(run([page(2)]))).toEqual(["0 told"]);
    expect(lines(run([page(2)]))[0]).toBe("10:01:01 slack opened!");
  });
});
