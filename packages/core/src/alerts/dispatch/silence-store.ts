import { compileMatchers } from "../../config/oncall/compile-matcher.ts";
import { messageOf } from "../../platform/errors.ts";
import { createSilence, expireSilence, type Silence } from "../silence.ts";
import { openGroups } from "./group-rows.ts";
import { type CallContext, stepGroup } from "./group-step.ts";
import { inParallel } from "./in-parallel.ts";
import { takeInput } from "./joined-group.ts";
import type { DispatcherPorts } from "./ports.ts";
import { routeOptions } from "./routed-group.ts";
import { readSilence, readSilences, silenceWrite } from "./silence-rows.ts";
import { readSurroundings } from "./surroundings.ts";

/** Silences, for whoever makes them. */
export interface SilenceStore {
  /** Those that hold, those to come, and those that ended in the last days. */
  list(signal: AbortSignal): Promise<readonly Silence[]>;
  /** Stores a silence. It holds from its beginning for whatever is decided from then on. Raises BAD_ARGUMENT for one that `createSilence` refuses. */
  put(silence: Silence, signal: AbortSignal): Promise<void>;
  /** Ends a silence now; undefined when there is none of this id. The groups that it kept quiet are told of after their `groupWait`. */
  expire(id: string, signal: AbortSignal): Promise<Silence | undefined>;
}

/** Of each of sixteen partitions; others look by themselves at their next time. */
const MAX_LOOKED_AT = 50;

const MAX_PARALLEL = 8;

/** The silences that a dispatcher with these ports reads. */
export function silenceStore(ports: DispatcherPorts): SilenceStore {
  const { table, clock } = ports;
  return {
    list: (signal) => readSilences(table, signal),
    async put(silence, signal) {
      await table.put(silenceWrite(createSilence(silence, clock.now())).put, {}, signal);
    },
    async expire(id, signal) {
      const silence = await readSilence(table, id, signal);
      if (silence === undefined) return undefined;
      const expired = expireSilence(silence, clock.now());
      await table.put(silenceWrite(expired).put, {}, signal);
      await lookAgain(silence, ports, signal);
      return expired;
    },
  };
}

/** Groups that were told to nobody look again only at their intervals, unless statements come: so none at all are given to those that the silence bore on. */
async function lookAgain(silence: Silence, ports: DispatcherPorts, signal: AbortSignal): Promise<void> {
  const { table, rules, config, sendDue, logger } = ports;
  const matches = compileMatchers(silence.matchers);
  const mutedBy = await readSurroundings(table, rules, signal);
  const context: CallContext = { ports, optionsOf: routeOptions(config, rules), mutedBy, dues: [], signal };
  const look: Parameters<typeof stepGroup>[1] = (joined, nowMs, around) => {
    const isMeant = Object.values(joined.state?.alerts ?? {}).some(({ labels }) => matches(labels));
    return isMeant ? { step: takeInput(joined, { kind: "alerts", alerts: [] }, nowMs, around) } : {};
  };
  const attempt = async (key: string): Promise<void> => {
    try {
      await stepGroup({ key }, look, context);
    } catch (thrown) {
      logger.warn("a group did not look after the end of a silence", { group: key, reason: messageOf(thrown) });
    }
  };
  await inParallel(await openGroups(table, MAX_LOOKED_AT, signal), MAX_PARALLEL, attempt);
  if (context.dues.length > 0) await sendDue(context.dues, signal);
}
