import type { Config, SinkConfig } from "@belfry/core/config/schema";
import { maskCredentials } from "@belfry/core/platform/mask-credentials";

/** What of a configuration can be used on this machine. */
export interface AvailableSinks {
  /** The configuration, with only the sinks that are there, and every route to at least one of them. */
  readonly config: Config;
  /** What was left out and why, for people. */
  readonly notices: readonly string[];
}

/** What the machine has besides files. */
export interface Reach {
  readonly openSearchUrl: string | undefined;
  /** An emulator is named, or real services are allowed. */
  readonly hasAws: boolean;
}

const ARCHIVE = "archive";

/**
 * Leaves out the sinks that this machine has not got, so that nobody sends sample traffic to a real service by accident. A route that loses all
 * its sinks goes to the archive instead, so that nothing is lost.
 */
export function availableSinks(config: Config, reach: Reach): AvailableSinks {
  const missing = new Map<string, string>();
  for (const [name, sink] of Object.entries(config.sinks)) {
    const reason = whyMissing(sink, reach);
    if (reason !== undefined) missing.set(name, reason);
  }
  if (missing.size === 0) return { config, notices: noticesOf(missing, reach, config) };
  const archive = Object.entries(config.sinks).find(([, sink]) => sink.type === "archive")?.[0] ?? ARCHIVE;
  const kept = Object.entries(config.sinks).filter(([name]) => !missing.has(name));
  const rest = (names: readonly string[]): string[] => {
    const left = names.filter((name) => !missing.has(name));
    return left.length > 0 ? left : [archive];
  };
  return {
    config: {
      ...config,
      sinks: { [archive]: { type: "archive", compression: "gzip" }, ...Object.fromEntries(kept) },
      routes: config.routes.map((route) => ({ ...route, sinks: rest(route.sinks) })),
      defaultRoute: rest(config.defaultRoute),
    },
    notices: noticesOf(missing, reach, config),
  };
}

function whyMissing(sink: SinkConfig, { openSearchUrl, hasAws }: Reach): string | undefined {
  if (sink.type === "opensearch" && openSearchUrl === undefined) return "set OPENSEARCH_URL to use it";
  if ((sink.type === "firehose" || sink.type === "kinesis" || sink.type === "s3") && !hasAws) {
    return "set AWS_ENDPOINT_URL to an emulator, or give --aws, to use it";
  }
  return undefined;
}

function noticesOf(missing: ReadonlyMap<string, string>, { openSearchUrl }: Reach, config: Config): string[] {
  const used = Object.values(config.sinks).some(({ type }) => type === "opensearch") && openSearchUrl !== undefined;
  const inUse = used ? [`OpenSearch at ${maskCredentials(openSearchUrl ?? "")}`] : [];
  const leftOut = [...missing].map(([name, remedy]) => `the sink "${name}" is left out: ${remedy}`);
  return [...inUse, ...leftOut];
}
