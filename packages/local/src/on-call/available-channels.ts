import type { ChannelConfig } from "@belfry/core/config/channels/schema";
import { parseSecretReference } from "@belfry/core/config/channels/secret-place";
import type { Config } from "@belfry/core/config/schema";

/** What of a configuration's channels can be used on this machine. */
export interface AvailableChannels {
  /** The configuration, with only the channels that are there, and the inbox in place of the others wherever they are named. */
  readonly config: Config;
  /** Those that really send, by name. */
  readonly live: readonly string[];
  /** What was left out and why, for people. */
  readonly notices: readonly string[];
}

/** What the machine has. */
export interface ChannelReach {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** An emulator is named, or real services are allowed. */
  readonly hasAws: boolean;
}

const INBOX = "inbox";

/**
 * Leaves out the channels that nobody on this machine has given the secrets of, so that people are told only where that was meant. Whoever would be told by one is told in the
 * inbox instead.
 */
export function availableChannels(config: Config, reach: ChannelReach): AvailableChannels {
  const missing = new Map<string, string>();
  for (const [name, channel] of Object.entries(config.channels)) {
    const reason = whyMissing(channel, reach);
    if (reason !== undefined) missing.set(name, reason);
  }
  const instead = (name: string): string => (missing.has(name) ? INBOX : name);
  const there = Object.entries(config.channels).filter(([name]) => !missing.has(name));
  const { oncall } = config;
  return {
    config: {
      ...config,
      channels: Object.fromEntries(there.map(([name, channel]) => [name, here(channel, instead)])),
      oncall: {
        ...oncall,
        receivers: mapValues(oncall.receivers, (receiver) => ({
          ...receiver,
          channels: all(receiver.channels, instead),
        })),
        people: mapValues(oncall.people, (person) => ({ ...person, channels: all(person.channels, instead) })),
        escalations: mapValues(oncall.escalations, (chain) => ({
          ...chain,
          steps: chain.steps.map((step) =>
            step.channel === undefined ? step : { ...step, channel: instead(step.channel) },
          ),
        })),
      },
    },
    live: there.filter(([, { type }]) => type !== "inbox").map(([name]) => name),
    notices: [...missing].map(
      ([name, remedy]) => `the channel "${name}" is left out, the inbox is told instead: ${remedy}`,
    ),
  };
}

function whyMissing(channel: ChannelConfig, { env, hasAws }: ChannelReach): string | undefined {
  if (channel.type === "sns" && channel.topicArn === undefined) return "its topic is there only when it is deployed";
  if (channel.type === "sns" || channel.type === "email") {
    return hasAws ? undefined : "set AWS_ENDPOINT_URL to an emulator, or give --aws, to use it";
  }
  const places = secretsOf(channel).map(parseSecretReference);
  if (!hasAws && places.some((place) => place?.kind !== "environment")) {
    return "its secret is kept in AWS: give --aws, or name it by env:NAME";
  }
  const variables = places.flatMap((place) => (place?.kind === "environment" ? place.variable : []));
  const unset = variables.filter((name) => (env[name] ?? "") === "");
  return unset.length === 0 ? undefined : `set ${unset.join(" and ")} to use it`;
}

function secretsOf(channel: ChannelConfig): string[] {
  switch (channel.type) {
    case "slack":
      return [channel.token];
    case "slack-webhook":
    case "teams":
      return [channel.url];
    case "pagerduty":
      return [channel.routingKey];
    case "webhook":
      return [channel.signingSecret];
    default:
      return [];
  }
}

/** Nobody can press a button of a message from here: Slack would tell an endpoint that this machine has not got. */
function here(channel: ChannelConfig, instead: (name: string) => string): ChannelConfig {
  const told = channel.fallback === undefined ? channel : { ...channel, fallback: instead(channel.fallback) };
  if (told.type !== "slack") return told;
  const { signingSecret: _, ...slack } = told;
  return slack;
}

function all(names: readonly string[], instead: (name: string) => string): string[] {
  return [...new Set(names.map(instead))];
}

function mapValues<Value, Result>(
  values: Readonly<Record<string, Value>>,
  map: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}
