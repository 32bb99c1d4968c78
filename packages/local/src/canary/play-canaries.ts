import type { RunReport } from "@belfry/core/canaries/report";
import type { LiveCanaries } from "./live-canaries.ts";

/** Samples that need no browser: they cost next to nothing. */
const BROWSERLESS = ["api", "multi-check"] as const;

/** The sample that is broken for a while, and where the site breaks for that. */
const STORY = "heartbeat";
const BROKEN_PATH = "/";

/** Whether the site is broken at the sample's first runs: two failures put its alarm on, and one more run takes it off again. */
const BROKEN_AT: readonly boolean[] = [false, true, true, false];

/** What takes its turn after that, seldom: a browser makes a machine warm. */
const LATER = ["links", "visual", "recording", "workflow", "script", STORY] as const;

// In units of the time from one run of a browserless sample to the next.
const FIRST_BROWSERLESS = 0.1;
const FIRST_STORY = 0.5;
const STORY_SPACING = 2;
const LATER_SPACING = 10;

/** Runs the samples, each at its time, until they are stopped. The first browser starts when everything else is up. */
export async function playCanaries(canaries: LiveCanaries, everyMs: number): Promise<void> {
  const browserless = canaries.every(delays(everyMs, FIRST_BROWSERLESS, 1), () => onceBrowserless(canaries));
  let count = 0;
  let hasBrowser = true;
  const inBrowser = canaries.every(browserDelays(everyMs), async () => {
    const number = count++;
    if (number >= BROKEN_AT.length && !hasBrowser) return;
    const name = number < BROKEN_AT.length ? STORY : LATER[(number - BROKEN_AT.length) % LATER.length];
    canaries.site?.setBroken(BROKEN_PATH, BROKEN_AT[number] ?? false);
    if (!hasNoBrowser(await canaries.run(name)) || !hasBrowser) return;
    // The same again, without one: the story goes on.
    hasBrowser = false;
    canaries.withoutBrowser();
    await canaries.run(STORY);
  });
  await Promise.all([browserless, inBrowser]);
}

/** Runs the samples that need no browser, once each. */
export async function onceBrowserless(canaries: LiveCanaries): Promise<void> {
  for (const name of BROWSERLESS) await canaries.run(name);
}

function hasNoBrowser(report: RunReport | undefined): boolean {
  return report?.failure?.class === "browser";
}

function* delays(everyMs: number, first: number, then: number): Generator<number> {
  yield first * everyMs;
  for (;;) yield then * everyMs;
}

function* browserDelays(everyMs: number): Generator<number> {
  yield FIRST_STORY * everyMs;
  for (let number = 1; ; number++) yield (number < BROKEN_AT.length ? STORY_SPACING : LATER_SPACING) * everyMs;
}
