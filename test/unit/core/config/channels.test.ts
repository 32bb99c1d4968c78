import { Channels } from "@belfry/core/config/channels/schema";
import { parseConfig } from "@belfry/core/config/load";
import { expect, it } from "vitest";

it("has an inbox, written or not, that a configuration of nothing pages into", () => {
  expect(Object.keys(Channels.parse(undefined))).toEqual(["inbox"]);
  expect(Object.keys(Channels.parse({ ops: { type: "sns" } }))).toEqual(["inbox", "ops"]);
  expect(Channels.parse({ inbox: { type: "inbox", maxAttempts: 2 } })).toMatchObject({ inbox: { maxAttempts: 2 } });
  const { channels, oncall } = parseConfig({}, "x");
  expect(oncall.receivers.default?.channels).toEqual(Object.keys(channels));
});

it("takes the inbox for a fall-back without its being written, and refuses what is none", () => {
  const withFallback = (fallback: string) => () => parseConfig({ channels: { ops: { type: "sns", fallback } } }, "x");
  expect(withFallback("inbox")).not.toThrow();
  expect(withFallback("ops")).toThrow("channels.ops.fallback: a channel cannot be its own fall-back");
  expect(withFallback("opps")).toThrow("channels.ops.fallback: there is no channel opps");
});
