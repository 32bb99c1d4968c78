import { isDeepStrictEqual } from "node:util";
import { parseConfig } from "@belfry/core/config/load";
import type { OnCallConfig, OnCallInput } from "@belfry/core/config/oncall/schema";
import type { Config } from "@belfry/core/config/schema";

/** Who is told of the sample incident when the configuration says nothing of on call: whoever is watching, soon. */
const SAMPLE: OnCallInput = {
  route: {
    receiver: "you",
    groupBy: ["source", "account", "region"],
    groupWait: "5s",
    groupInterval: "15s",
    repeatInterval: "1h",
  },
  receivers: { you: { channels: ["inbox"], escalation: "sample", reminder: { after: "30m", times: 3 } } },
  people: { you: { name: "You", channels: ["inbox"] } },
  escalations: { sample: { steps: [{ wait: "1m", person: "you" }] } },
};

/** The same without waiting, for one round. */
const AT_ONCE: OnCallInput = { ...SAMPLE, route: { ...SAMPLE.route, groupWait: "0s" } };

/** The rules that hold here: those of the configuration, or the sample's where it has none. */
export function localRules(
  config: Config,
  options: { readonly atOnce: boolean },
): { config: Config; isSample: boolean } {
  const isSample = isDeepStrictEqual(config.oncall, rulesOf(undefined));
  if (!isSample) return { config, isSample };
  return { config: { ...config, oncall: rulesOf(options.atOnce ? AT_ONCE : SAMPLE) }, isSample };
}

function rulesOf(oncall: OnCallInput | undefined): OnCallConfig {
  return parseConfig(oncall === undefined ? {} : { oncall }, "the sample's rules").oncall;
}
