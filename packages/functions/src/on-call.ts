import { type CanaryRun, keepCanaryRun, withCanaryRuns } from "@belfry/core/alerts/canary-runs";
import { createDispatcher, type Dispatcher } from "@belfry/core/alerts/dispatch/dispatcher";
import { deleteTimer, putTimers } from "@belfry/core/alerts/dispatch/timers";
import { withAccountName } from "@belfry/core/alerts/intake";
import { compileOnCall, type OnCallRules } from "@belfry/core/alerts/on-call-rules";
import type { ChannelConfig } from "@belfry/core/config/channels/schema";
import type { Config } from "@belfry/core/config/schema";
import type { Due, SendDue } from "@belfry/core/event/due";
import type { HealthEvent } from "@belfry/core/event/health-event";
import { healthKeeper } from "@belfry/core/health/health-keeper";
import type { Logger } from "@belfry/core/platform/logger";
import type { OnCallRuntime } from "./on-call-runtime.ts";

/** What is done with alerts and Health events in one invocation; `due` looks at Health events too. */
export interface OnCall extends Dispatcher {
  /** Takes a page of a Health event. */
  takeHealth(event: HealthEvent, signal: AbortSignal): Promise<void>;
  /** Takes a run of a canary, for the alert of its alarm. */
  takeCanaryRun(run: CanaryRun, signal: AbortSignal): Promise<void>;
}

/** These edit what they have said, or hold an incident open until its end is told. */
const STATEFUL: readonly ChannelConfig["type"][] = ["slack", "pagerduty"];

/** The rules of a configuration, by the types of its channels. */
export function onCallRules({ oncall, channels }: Config): OnCallRules {
  return compileOnCall(oncall, (name) => STATEFUL.includes(channels[name]?.type ?? "inbox"));
}

/** Makes `OnCall` of an invocation's own sender and logger; the rules are compiled once. */
export function onCallOf(runtime: OnCallRuntime): (sendDue: SendDue, logger: Logger) => OnCall {
  const { table, clock } = runtime;
  const { oncall: config, accounts, channels } = runtime.config;
  const rules = onCallRules(runtime.config);
  return (sendDue, logger) => {
    const isChannel = (name: string): boolean => Object.hasOwn(channels, name);
    const dispatcher = createDispatcher({ ...runtime, logger, config, rules, sendDue, isChannel });
    const keeper = healthKeeper({
      ...{ table, clock },
      deliver: (alert, signal) => dispatcher.take([withAccountName(alert, accounts)], signal),
    });
    const reviewAt = async (key: string, at: number | undefined, signal: AbortSignal): Promise<void> => {
      if (at === undefined) return;
      const due: Due = { kind: "health", key, at };
      await putTimers(table, [due], signal);
      await sendDue([due], signal);
    };
    return {
      take: async (alerts, signal) => dispatcher.take(await withCanaryRuns(alerts, table, signal), signal),
      takeCanaryRun: (run, signal) => keepCanaryRun(run, table, signal),
      act: (handle, input, signal) => dispatcher.act(handle, input, signal),
      sweep: (names, signal) => dispatcher.sweep(names, signal),
      async due(due, signal) {
        if (due.kind !== "health") return dispatcher.due(due, signal);
        await reviewAt(due.key, await keeper.review(due.key, signal), signal);
        await deleteTimer(table, due, signal);
      },
      async takeHealth(event, signal) {
        await reviewAt(event.eventArn, await keeper.accept(event, signal), signal);
      },
    };
  };
}
