import type { RunContext, StepHooks } from "@belfry/core/canaries/context";
import { endingWith } from "@belfry/core/canaries/deadline";
import type { Kinds } from "@belfry/core/canaries/kind";
import { type CanaryConfig, needsBrowser } from "@belfry/core/config/canaries/schema";

/** Canaries without browser that run at the same time. They wait most of their time; more would measure each other. */
const BROWSERLESS_LANES = 3;

/**
 * Does something for each canary: those with a browser one after the other, since each takes a core for itself, and beside them those without, some at the same time. Resolves when all have been
 * done, or none is begun any more because the signal aborted.
 */
export async function forEachCanary(
  canaries: Readonly<Record<string, CanaryConfig>>,
  names: readonly string[],
  signal: AbortSignal,
  run: (name: string, canary: CanaryConfig) => Promise<void>,
): Promise<void> {
  const lane = async (waiting: string[]): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined && !signal.aborted; name = waiting.shift()) {
      await run(name, canaries[name]);
    }
  };
  const inBrowser = names.filter((name) => needsBrowser(canaries[name]));
  const without = names.filter((name) => !needsBrowser(canaries[name]));
  await Promise.all([lane(inBrowser), ...Array.from({ length: BROWSERLESS_LANES }, () => lane(without))]);
}

/** The same kinds, whose runs call the hooks around each of their steps. */
export function watchedKinds(kinds: Kinds, hooks: StepHooks): Kinds {
  return eachKind(kinds, (run) => (context) => {
    context.aroundSteps(hooks);
    return run(context);
  });
}

/** The same kinds, whose runs end when the signal aborts. */
export function stoppableKinds(kinds: Kinds, signal: AbortSignal): Kinds {
  return eachKind(kinds, (run) => (context) => endingWith(run(context), signal));
}

type AnyKind = (context: RunContext) => Promise<void>;

function eachKind(kinds: Kinds, change: (run: AnyKind) => AnyKind): Kinds {
  const changed = Object.entries(kinds).map(([name, kind]) => [name, change(kind as AnyKind)]);
  return Object.fromEntries(changed) as Kinds;
}
