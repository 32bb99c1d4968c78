import type { LookupFunction } from "node:net";
import type { CanaryConfig } from "../config/canaries/schema.ts";
import type { Clock } from "../platform/clock.ts";
import { createLogger, type Logger } from "../platform/logger.ts";
import type { Random, Sleep } from "../platform/retry.ts";
import type { ReadSecret } from "../platform/secrets-client.ts";
import { ArtifactKeeper, type ArtifactStore } from "./artifact-keeper.ts";
import type { BaselineStore, OpenBrowser, SignRequest } from "./context.ts";
import type { Kinds } from "./kind.ts";
import { type NetworkRules, networkRules } from "./network-rules.ts";
import { createRedaction, type Redaction } from "./redaction.ts";
import { type ReadNamedSecret, type RunSecrets, runSecrets } from "./run-secrets.ts";

/** What the runner uses of the world; whoever composes it says what there is. */
export interface RunnerPorts {
  /** The kinds that can be run here. */
  readonly kinds: Kinds;
  /** Absent where there is no browser. */
  readonly openBrowser?: OpenBrowser;
  readonly store: ArtifactStore;
  readonly readSecret: ReadSecret;
  /** For AWS's `${AWS_SECRET:name:key}`. */
  readonly readNamedSecret?: ReadNamedSecret;
  /** For requests that are signed for AWS. */
  readonly sign?: SignRequest;
  /** Reads a file that the configuration names. */
  readonly readText: (path: string) => Promise<string>;
  /** Loads a script's module. */
  readonly loadModule?: (path: string) => Promise<unknown>;
  readonly baselines?: BaselineStore;
  readonly region: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
  readonly logger: Logger;
  readonly lookup?: LookupFunction;
  /** Certificates in PEM that are trusted in place of the machine's own. */
  readonly roots?: readonly string[];
  /** False in Lambda; see NetworkOptions. */
  readonly loopback?: boolean;
  /** The value of X-Amzn-Trace-Id for this run, and the id in it. */
  readonly traceHeader?: string;
  readonly traceId?: string;
}

/** One run of a canary, all its attempts: what they have in common. */
export interface Run {
  readonly name: string;
  readonly canary: CanaryConfig;
  readonly runId: string;
  readonly ports: RunnerPorts;
  readonly startedMs: number;
  /** Epoch milliseconds: until then attempts may work. */
  readonly workUntilMs: number;
  /** Until then the report has been given. */
  readonly endMs: number;
  readonly redaction: Redaction;
  readonly network: NetworkRules;
  readonly secrets: RunSecrets;
  readonly artifacts: ArtifactKeeper;
  /** Redacts, and keeps its lines for `log.txt`. */
  readonly logger: Logger;
  readonly log: readonly string[];
}

// An entry is a line; what comes after so many is only in the function's own log.
const MAX_LOG_LINES = 10_000;

/** What a run is told, in epoch milliseconds where it is a time. */
export interface RunTimes {
  readonly startedMs: number;
  readonly workUntilMs: number;
  readonly endMs: number;
}

/** Makes what the attempts of a run share. */
export function openRun(of: Pick<Run, "name" | "canary" | "runId" | "ports">, times: RunTimes): Run {
  const { canary, ports } = of;
  const redaction = createRedaction(canary.redact);
  const log: string[] = [];
  const lines = createLogger({
    level: "debug",
    clock: ports.clock,
    write: (line) => void (log.length < MAX_LOG_LINES && log.push(line)),
  });
  const logger = redactedLogger([ports.logger, lines], redaction).with({ canary: of.name, runId: of.runId });
  const { lookup, loopback } = ports;
  return {
    ...of,
    ...times,
    redaction,
    logger,
    log,
    network: networkRules(canary.allow, { ...(lookup && { lookup }), ...(loopback === undefined ? {} : { loopback }) }),
    secrets: runSecrets(canary.secrets, redaction, ports),
    artifacts: new ArtifactKeeper(redaction, logger),
  };
}

/** Writes to each of the loggers what is left after redaction. */
function redactedLogger(loggers: readonly Logger[], redaction: Redaction): Logger {
  const at =
    (level: "debug" | "info" | "warn" | "error"): Logger["info"] =>
    (message, fields = {}) => {
      const masked = Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [name, maskedField(value, redaction)]),
      );
      for (const logger of loggers) logger[level](redaction.text(message), masked);
    };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    with: (fields) =>
      redactedLogger(
        loggers.map((logger) => logger.with(fields)),
        redaction,
      ),
  };
}

function maskedField(value: unknown, redaction: Redaction): unknown {
  if (!(value instanceof Error)) return redaction.json(value);
  const { name, message, cause } = value;
  return {
    type: name,
    message: redaction.text(message),
    ...(cause === undefined ? {} : { cause: maskedField(cause, redaction) }),
  };
}
