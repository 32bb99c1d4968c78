import type { Config, SinkConfig } from "../schema.ts";
import { resolveDeployment } from "./deployment.ts";
import type { SearchConfig } from "./search.ts";

/** The sink that switching `deploy.search` on makes, when the configuration has none of its kind. */
export const SEARCH_SINK = "search";

/**
 * The configuration as deployed functions read it. Where `deploy.search` is on, each OpenSearch sink without an endpoint writes there; when there is none, one named
 * `search` is added, and the default route leads to it too: to switch search on is one line.
 */
export function deployedConfig(config: Config): Config {
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

const NEW_SINK: SinkConfig = { type: "opensearch", service: "es", maxRequestBytes: 5_242_880 };

function pointed(sink: SinkConfig, search: SearchConfig): SinkConfig {
  if (sink.type !== "opensearch" || sink.endpoint !== undefined) return sink;
  if (search.type !== "url") return { ...sink, service: search.type === "serverless" ? "aoss" : "es" };
  const { endpoint, service, region } = search;
  return { ...sink, endpoint, service, ...(region === undefined ? {} : { region }) };
}
