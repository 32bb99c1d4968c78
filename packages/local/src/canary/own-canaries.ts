import { needsBrowser } from "@belfry/core/config/canaries/schema";
import { nextRuns, parseSchedule } from "@belfry/core/config/schedules/schedule-expression";
import { type Clock, systemClock } from "@belfry/core/platform/clock";
import type { LiveCanaries } from "./live-canaries.ts";

/** What timers of Node take; whatever comes later than in 24 days is for a later process. https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Runs the canaries of the configuration, each by its schedule, until they are stopped. Those with a browser wait for each other: each takes a core for itself. */
export async function playOwnCanaries(canaries: LiveCanaries): Promise<void> {
  let browser: Promise<unknown> = Promise.resolve();
  const run = async (name: string): Promise<void> => {
    if (!needsBrowser(canaries.of(name))) return void (await canaries.run(name));
    browser = browser.then(() => canaries.run(name));
    await browser;
  };
  await Promise.all(
    canaries.names.map((name) =>
      canaries.every(scheduledDelays(canaries.of(name).schedule, systemClock), () => run(name)),
    ),
  );
}

/** Runs those of the configuration that need no browser, once each. */
export async function onceOwnBrowserless(canaries: LiveCanaries): Promise<void> {
  for (const name of canaries.names) if (!needsBrowser(canaries.of(name))) await canaries.run(name);
}

/** How long it is, in milliseconds, until each run of a schedule, asked for when the one before is over: `once` and rates begin at once; what a long run has missed is not made up for. */
export function* scheduledDelays(schedule: string, clock: Clock): Generator<number> {
  if (schedule === "once") return yield 0;
  const expression = parseSchedule(schedule);
  const beginMs = clock.now();
  if (expression.kind === "rate") yield 0;
  for (let lastMs = beginMs; ; ) {
    // A timer may be early by a millisecond: what has run does not run again.
    const nowMs = Math.max(clock.now(), lastMs);
    const sinceMs = expression.kind === "rate" ? (nowMs - beginMs) % expression.everyMs : 0;
    const [next] = nextRuns(expression, "UTC", new Date(nowMs - sinceMs), 1);
    if (next === undefined) return;
    lastMs = next.getTime();
    const delayMs = Math.max(0, lastMs - clock.now());
    if (delayMs > MAX_DELAY_MS) return;
    yield delayMs;
  }
}
