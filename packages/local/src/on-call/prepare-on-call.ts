import type { Config } from "@belfry/core/config/schema";
import type { Paint } from "../cli/terminal.ts";
import { availableChannels, type ChannelReach } from "./available-channels.ts";
import { localRules } from "./sample-rules.ts";

/** On call as it can be on this machine. */
export interface PreparedOnCall {
  readonly config: Config;
  /** Says whom it tells, for people. */
  readonly greeting: (paint: Paint) => string[];
}

/** Fits a configuration's on call to this machine; `atOnce` lets the sample's groups wait for nothing. */
export function prepareOnCall(given: Config, reach: ChannelReach & { readonly atOnce: boolean }): PreparedOnCall {
  const { config: ruled, isSample } = localRules(given, reach);
  const { config, live, notices } = availableChannels(ruled, reach);
  const rules = isSample ? "the sample's rules, since the configuration has none" : "the configuration's rules";
  const channels = live.map((name) => `${name} (${config.channels[name].type})`).join(", ");
  return {
    config,
    greeting: (paint) => [
      live.length === 0
        ? paint.faint(`on call by ${rules}: nobody is told but the inbox, npx belfry incidents`)
        : `${paint.warn("on call tells for real:")} ${channels} ${paint.faint(`by ${rules}`)}`,
      ...notices.map((notice) => paint.faint(notice)),
    ],
  };
}
