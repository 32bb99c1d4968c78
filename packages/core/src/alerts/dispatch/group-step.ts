import type { Due } from "../../event/due.ts";
import type { Surroundings } from "../engine/settings.ts";
import type { IncidentOutcome } from "../incident/decide.ts";
import type { RouteOptions } from "../route.ts";
import { readGroup, type StoredGroup } from "./group-rows.ts";
import type { GroupStep, JoinedGroup, JoinedRules } from "./joined-group.ts";
import type { DispatcherPorts } from "./ports.ts";
import { untilWritten } from "./race.ts";
import type { RoutedGroup } from "./routed-group.ts";
import { planStep, type StepPlan } from "./step-writes.ts";
import { putTimers } from "./timers.ts";

/** What one call of the dispatcher has in common for all its groups. */
export interface CallContext {
  readonly ports: DispatcherPorts;
  readonly optionsOf: (group: RoutedGroup) => RouteOptions;
  readonly mutedBy: (options: RouteOptions) => Surroundings["mutedBy"];
  /** What is to be sent at the end of the call. */
  readonly dues: Due[];
  readonly signal: AbortSignal;
}

/** What is decided of a group: a step, and what came of an input to its incident. */
export interface Decided {
  readonly step?: GroupStep;
  readonly outcome?: IncidentOutcome;
}

/** Decides from what is stored; asked again when somebody else was faster. */
type DecideStep = (joined: JoinedGroup, nowMs: number, rules: JoinedRules, stored: StoredGroup) => Decided;

/**
 * Does one step of a group: reads, decides, and writes all of it or nothing, again when somebody else has written in between. Of a group that is not known, and not
 * given, nothing is decided. Raises a retryable error when others always were faster.
 */
export async function stepGroup(
  { key, given }: { readonly key: string; readonly given?: RoutedGroup },
  decide: DecideStep,
  context: CallContext,
): Promise<Decided> {
  const { ports, optionsOf, mutedBy, dues, signal } = context;
  const { table, rules, clock } = ports;
  const attempt = async (): Promise<Decided | undefined> => {
    const stored = await readGroup(table, key, signal);
    const nowMs = clock.now();
    const known = stored.group ?? given ?? stored.row?.group;
    if (known === undefined) return {};
    const options = optionsOf(known);
    const { receiver } = options;
    const group = { ...known, receiver };
    const joined = { state: stored.state, incident: stored.row?.incident };
    const settings = rules.groupSettings(options);
    const incidentSettings = rules.incidentSettings(receiver);
    const around = { group, settings, incidentSettings, mutedBy: mutedBy(options) };
    const decided = decide(joined, nowMs, around, stored);
    if (decided.step === undefined) return decided;
    const plan = planStep(group, stored, decided.step, nowMs, ports);
    await putTimers(table, plan.before, signal);
    if (plan.writes.length > 0 && !(await table.transact(plan.writes, signal))) return undefined;
    dues.push(...plan.dues);
    count(plan, decided.step, ports);
    return decided;
  };
  return untilWritten(`the group ${key}`, attempt, ports, signal);
}

function count({ tellings }: StepPlan, { changes }: GroupStep, { metrics, logger }: DispatcherPorts): void {
  for (const { notification, channels } of tellings) {
    metrics?.count("Notifications", channels.length, { Kind: notification.kind });
    logger.info(`an incident is ${notification.kind}`, { incident: notification.incidentKey, channels });
  }
  for (const { before, after } of changes) {
    if (before?.id !== after.id) metrics?.count("IncidentsOpened", 1);
    const isTaken = after.status === "acknowledged" && before?.status !== "acknowledged";
    const at = after.timeline.at(-1)?.at ?? after.openedAt;
    if (isTaken) metrics?.duration("TimeToAcknowledge", at - after.openedAt);
  }
}
