import { existsSync } from "node:fs";
import { openChannel } from "@belfry/core/alerts/channels/open-channel";
import type { PersonInput } from "@belfry/core/alerts/dispatch/dispatcher";
import { type SilenceStore, silenceStore } from "@belfry/core/alerts/dispatch/silence-store";
import type { IncidentOutcome } from "@belfry/core/alerts/incident/decide";
import { drainOutbox } from "@belfry/core/alerts/outbox";
import type { Approve } from "@belfry/core/alerts/respond/act-for-person";
import type { Config } from "@belfry/core/config/schema";
import type { Due, SendDue } from "@belfry/core/event/due";
import { systemClock } from "@belfry/core/platform/clock";
import { BelfryError } from "@belfry/core/platform/errors";
import { createLogger } from "@belfry/core/platform/logger";
import type { Metrics } from "@belfry/core/platform/metrics";
import { dynamoTable, type Table } from "@belfry/core/platform/table-client";
import { noTracer } from "@belfry/core/platform/tracer";
import { onCallOf, onCallRules } from "@belfry/functions/on-call";
import type { OnCallRuntime } from "@belfry/functions/on-call-runtime";
import { belfryFolder } from "../belfry-folder.ts";
import { findConfig } from "../runtime/load-config.ts";
import { availableChannels } from "./available-channels.ts";
import { readLive } from "./live-rules.ts";
import { onCallRuntime } from "./on-call-runtime.ts";
import { localRules } from "./sample-rules.ts";
import { openSqliteTable } from "./sqlite-table.ts";

/** Where incidents are kept, as options of a command name it: a folder of this machine, or a table of a deployment. */
export interface DeskPlace {
  readonly dir: string;
  readonly config?: string;
  readonly table?: string;
  readonly stage?: string;
  readonly region?: string;
}

/** Who sends what is left to be told. */
export type Sender = "this command" | "the local runtime" | "the deployment";

/** From where incidents are looked at and taken. */
export interface IncidentDesk {
  readonly table: Table;
  /** By name: those that may have dead letters. */
  readonly channels: Config["channels"];
  readonly sender: Sender;
  readonly silences: SilenceStore;
  /** Lets somebody do something to the incident of a whole handle, and tells who is to be told of it where nobody else does. */
  act(handle: string, input: PersonInput, signal: AbortSignal): Promise<IncidentOutcome | "unknown-incident">;
  /** Lets a corrective action run that waits for it, by its request's id; it is run by whoever runs the others. */
  approve(request: string, by: string, signal: AbortSignal): Promise<Awaited<ReturnType<Approve>>>;
  /** Sends what these channels have to say, where nobody else does. */
  tell(channels: readonly string[], signal: AbortSignal): Promise<void>;
  close(): void;
}

interface OpenPlace {
  readonly table: Table;
  readonly config: Config;
  readonly sender: Sender;
  readonly close: () => void;
}

const NO_METRICS: Metrics = { count: () => undefined, duration: () => undefined, flush: () => undefined };

/** Opens a place; `onLog` takes warnings. Raises NOT_FOUND for a folder in which no runtime has been, UNAVAILABLE for what cannot be read. */
export async function openDesk(
  place: DeskPlace,
  env: NodeJS.ProcessEnv,
  onLog: (line: string) => void,
): Promise<IncidentDesk> {
  const isLocal = place.table === undefined && place.stage === undefined;
  const { table, config, sender, close } = await (isLocal ? localPlace(place) : deployedPlace(place));
  const logger = createLogger({ level: "warn", pretty: true, colors: false, write: onLog });
  const shared = { config, tracer: noTracer, metrics: NO_METRICS, logger, clock: systemClock };
  const dues: Due[] = [];
  const sendDue: SendDue = async (some) => void dues.push(...some);
  const runtime = onCallRuntime(shared, table, () => sendDue, env);
  const onCall = onCallOf(runtime)(sendDue, logger);
  const tell: IncidentDesk["tell"] = async (channels, signal) => {
    if (sender === "this command") await drainAll(channels, runtime, env, signal);
  };
  return {
    table,
    channels: config.channels,
    sender,
    silences: silenceStore({ ...runtime, config: config.oncall, rules: onCallRules(config), sendDue }),
    act: async (handle, input, signal) => {
      const outcome = await onCall.act(handle, input, signal);
      await tell([...new Set(dues.flatMap(({ kind, key }) => (kind === "outbox" ? key : [])))], signal);
      return outcome;
    },
    approve: async (request, by, signal) => (await runtime.approve?.(request, by, signal)) ?? "unknown-request",
    tell,
    close,
  };
}

async function localPlace({ dir, config: named }: DeskPlace): Promise<OpenPlace> {
  const file = belfryFolder(dir).state;
  if (!existsSync(file)) {
    throw new BelfryError(
      "NOT_FOUND",
      `there are no incidents in ${dir}: npm start raises a sample one, or name a table`,
    );
  }
  const now = systemClock.now();
  const table = openSqliteTable(file, now);
  try {
    // What the runtime has begun goes on by its rules.
    const live = await readLive(table, AbortSignal.timeout(READ_TIMEOUT_MS));
    const { config } = localRules((await findConfig(named)).config, { atOnce: false });
    return {
      table,
      config: live === undefined ? config : { ...config, oncall: live.oncall, channels: live.channels },
      sender: (live?.aliveUntilMs ?? 0) > now ? "the local runtime" : "this command",
      close: () => table.close(),
    };
  } catch (error) {
    table.close();
    throw error;
  }
}

const READ_TIMEOUT_MS = 10_000;

/** The deployment's minute-wise sweep finds what is to be told. */
async function deployedPlace({ table, stage, region, config: named }: DeskPlace): Promise<OpenPlace> {
  const { config } = await findConfig(named);
  const name = table ?? `belfry-${stage}-alerts`;
  return { table: dynamoTable(name, region), config, sender: "the deployment", close: () => undefined };
}

/** Sends by those channels that this machine has the secrets of; the others wait for a runtime that has. */
async function drainAll(
  channels: readonly string[],
  runtime: OnCallRuntime,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  const { config, channelPorts } = runtime;
  const there = availableChannels(config, { env, hasAws: (env.AWS_ENDPOINT_URL ?? "") !== "" }).config.channels;
  const next = [...channels];
  for (const name of next) {
    const settings = Object.hasOwn(there, name) ? there[name] : undefined;
    if (settings === undefined) continue;
    const { wakes } = await drainOutbox(openChannel(name, settings, channelPorts), settings, runtime, signal);
    // What was given up is said by the fall-back.
    next.push(...wakes.flatMap(({ channel }) => (next.includes(channel) ? [] : channel)));
  }
}
