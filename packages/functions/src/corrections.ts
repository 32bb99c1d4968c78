import { correctionTelling } from "@belfry/core/alerts/dispatch/tell-correction";
import { timerWrites } from "@belfry/core/alerts/dispatch/timers";
import type { SendDue } from "@belfry/core/event/due";
import type { Logger } from "@belfry/core/platform/logger";
import { type Corrector, createCorrector } from "@belfry/core/remediation/corrector";
import { correctionRequests } from "@belfry/core/remediation/request";
import type { OnCallRuntime } from "./on-call-runtime.ts";

/** Joins corrective actions with the incidents that they are of, for one invocation. */
export function correctorOf(runtime: OnCallRuntime, sendDue: SendDue, logger: Logger): Corrector {
  const { table, clock, config, correctionRuns } = runtime;
  const isChannel = (name: string): boolean => Object.hasOwn(config.channels, name);
  return createCorrector({
    ...{ table, clock, logger, sendDue },
    rules: config.oncall.corrections,
    runs: correctionRuns,
    keepDues: timerWrites,
    tell: (notice, signal) => correctionTelling(table, notice, { nowMs: clock.now(), isChannel }, signal),
  });
}

/** Adds what incidents ask of the rules for corrective actions, and what approves; nothing where there are no rules. */
export function withCorrections(runtime: OnCallRuntime): OnCallRuntime {
  const { corrections } = runtime.config.oncall;
  if (Object.keys(corrections).length === 0) return runtime;
  return {
    ...runtime,
    corrections: (opened) => correctionRequests(corrections, opened, runtime.clock.now()),
    approve: (id, by, signal) =>
      correctorOf(runtime, runtime.dueSender(undefined), runtime.logger).approve(id, by, signal),
  };
}
