import { Channels } from "@belfry/core/config/channels/schema";
import { channelNameProblems } from "@belfry/core/config/oncall/channel-names";
import { OnCall, type OnCallInput } from "@belfry/core/config/oncall/schema";
import { describe, expect, it } from "vitest";

const names = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

function problemsOf(oncall: OnCallInput, channels: readonly string[]): string[] {
  const all = Channels.parse(Object.fromEntries(channels.map((name) => [name, { type: "sns" }])));
  return channelNameProblems({ channels: all, oncall: OnCall.parse(oncall) }).map(
    ({ path, message }) => `${path.join(".")}: ${message}`,
  );
}

describe("the channels that one incident may be told by", () => {
  const team = names(30, "team");
  const ours = names(40, "phone");
  const everybody = Object.fromEntries(ours.map((channel) => [`p-${channel}`, { channels: [channel] }]));
  const chainOf = (people: readonly string[]): OnCallInput => ({
    receivers: { default: { channels: team, escalation: "chain" }, other: { channels: team } },
    people: everybody,
    schedules: { weekly: { layers: [{ start: "2026-11-23T09:00", people: [...people] }] } },
    escalations: { chain: { steps: [{ schedule: "weekly" }, { wait: "5m", channel: "team0" }] } },
  });

  it("are counted with those of all who may be on call", () => {
    expect(problemsOf(chainOf(Object.keys(everybody)), [...team, ...ours])).toEqual([
      "oncall.receivers.default: an incident of it may be told by 70 channels, those of people and of its chain's steps among them; at most 60 are possible",
    ]);
  });

  it("are no others: people and receivers that it does not reach do not count", () => {
    expect(problemsOf(chainOf(Object.keys(everybody).slice(0, 30)), [...team, ...ours])).toEqual([]);
  });
});

it("finds names that no channel has", () => {
  const oncall = { receivers: { default: { channels: ["slak"] } }, people: { ann: { channels: ["slack"] } } };
  expect(problemsOf(oncall, ["slack"])).toEqual([
    'oncall.receivers.default.channels.0: no channel named "slak"; did you mean "slack"?',
  ]);
});
