import type { ChannelConfig } from "../channels/schema.ts";
import type { Config, SinkConfig } from "../schema.ts";
import { resolveDeployment } from "./deployment.ts";
import type { SearchConfig } from "./search.ts";

/** The sink that switching `deploy.search` on makes, when the configuration has none of its kind. */
export const SEARCH_SINK = "search";

/** The channel that `deploy.email` makes, when nobody but the inbox would be told. */
const EMAIL_CHANNEL = "email";

/**
 * The configuration as deployed functions read it: with what one line of `deploy` stands for.
 *
 * Where `deploy.search` is on, each OpenSearch sink without an endpoint writes there; when there is none, one named `search` is added, and the default route leads to it too.
 * Where alerting is on, there are addresses in `deploy.email`, and the receiver of the topmost route tells the inbox alone, it tells them as well, by the topic of alerting.
 */
export function deployedConfig(config: Config): Config {
  return withEmail(withSearch(config));
}

function withSearch(config: Config): Config {
  const { search } = resolveDeployment(config.deploy);
  if (search.type === "none") return config;
  const sinks = Object.entries(config.sinks);
  const known = sinks.some(([, sink]) => sink.type === "opensearch");
  return {
    ...config,
    sinks: {
      ...Object.fromEntries(sinks.map(([name, sink]) => [name, pointed(sink, search)])),
      ...(known ? {} : { [SEARCH_SINK]: pointed(NEW_SINK, search) }),
    },
    defaultRoute: known ? config.defaultRoute : [...config.defaultRoute, SEARCH_SINK],
  };
}

/** A channel of one's own that has the name is used as it is: who has it knows whom it tells. */
function withEmail(config: Config): Config {
  const { channels, deploy, oncall } = config;
  const { receiver: name = "" } = oncall.route;
  const receiver = oncall.receivers[name];
  const isTold = receiver?.channels.some((channel) => channels[channel]?.type !== "inbox") ?? true;
  if (!deploy.alerting.enabled || deploy.email.length === 0 || isTold) return config;
  if (receiver === undefined || Object.hasOwn(channels, EMAIL_CHANNEL)) return config;
  const told = { ...receiver, channels: [...receiver.channels, EMAIL_CHANNEL] };
  return {
    ...config,
    channels: { ...channels, [EMAIL_CHANNEL]: NEW_CHANNEL },
    oncall: { ...oncall, receivers: { ...oncall.receivers, [name]: told } },
  };
}

const NEW_SINK: SinkConfig = { type: "opensearch", service: "es", maxRequestBytes: 5_242_880 };

const NEW_CHANNEL: ChannelConfig = { type: "sns", maxAttempts: 6, giveUpAfterMinutes: 60, onUnknown: "resend" };

function pointed(sink: SinkConfig, search: SearchConfig): SinkConfig {
  if (sink.type !== "opensearch" || sink.endpoint !== undefined) return sink;
  if (search.type !== "url") return { ...sink, service: search.type === "serverless" ? "aoss" : "es" };
  const { endpoint, service, region } = search;
  return { ...sink, endpoint, service, ...(region === undefined ? {} : { region }) };
}
