import { createDispatcher, type Dispatcher } from "@belfry/core/alerts/dispatch/dispatcher";
import { deleteTimer, putTimers } from "@belfry/core/alerts/dispatch/timers";
import { withAccountName } from "@belfry/core/alerts/intake";
import { compileOnCall } from "@belfry/core/alerts/on-call-rules";
import type { ChannelConfig } from "@belfry/core/config/channels/schema";
import type { Due, SendDue } from "@belfry/core/event/due";
import type { HealthEvent } from "@belfry/core/event/health-event";
import { type HealthKeeper, healthKeeper } from "@belfry/core/health/health-keeper";
import type { Logger } from "@belfry/core/platform/logger";
import type { OnCallRuntime } from "./on-call-runtime.ts";

/** What is done with alerts and Health events in one invocation. */
export interface OnCall extends Dispatcher {
  /** Takes a page of a Health event. */
  takeHealth(event: HealthEvent, signal: AbortSignal): Promise<void>;
}

/** Makes `OnCall` of an invocation's own sender and logger; the rules are compiled once. */
export type OpenOnCall = (sendDue: SendDue, logger: Logger) => OnCall;

/** These edit what they have said, or hold an incident open until its end is told. */
const STATEFUL: readonly ChannelConfig["type"][] = ["slack", "pagerduty"];

/** Joins the dispatcher and the keeper of Health events, whose reviews are timers too. */
export function onCallOf(runtime: OnCallRuntime): OpenOnCall {
  const { config, table, clock } = runtime;
  const { oncall, channels, accounts } = config;
  const isStateful = (name: string): boolean => STATEFUL.includes(channels[name]?.type ?? "inbox");
  const rules = compileOnCall(oncall, isStateful);
  return (sendDue, logger) => {
    const dispatcher = createDispatcher({ ...runtime, logger, config: oncall, rules, sendDue });
    const deliver: Parameters<typeof healthKeeper>[0]["deliver"] = (alert, signal) =>
      dispatcher.take([withAccountName(alert, accounts)], signal);
    const keeper = healthKeeper({ table, clock, deliver });
    return {
      ...dispatcher,
      takeHealth: (event, signal) => atNextReview(keeper.accept(event, signal), event.eventArn, signal),
      due: (due, signal) => (due.kind === "health" ? review(keeper, due, signal) : dispatcher.due(due, signal)),
    };
    async function review(keeper: HealthKeeper, due: Due, signal: AbortSignal): Promise<void> {
      await atNextReview(keeper.review(due.key, signal), due.key, signal);
      await deleteTimer(table, due, signal);
    }
    async function atNextReview(looked: Promise<number | undefined>, key: string, signal: AbortSignal): Promise<void> {
      const at = await looked;
      if (at === undefined) return;
      const due: Due = { kind: "health", key, at };
      await putTimers(table, [due], signal);
      await sendDue([due], signal);
    }
  };
}
