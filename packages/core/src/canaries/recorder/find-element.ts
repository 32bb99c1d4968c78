import type { Frame, Locator, Page } from "playwright-core";
import type { BrowserSession } from "../browser-port.ts";
import type { RunContext, Step } from "../context.ts";
import { CanaryFailure } from "../failure.ts";
import { lookedAt, until } from "../page-checks.ts";
import { type Alternative, alternativesOf, type RecordedSelector } from "./selectors.ts";

/** Where a step is done, and how long it may wait. */
export interface Place {
  readonly context: RunContext;
  readonly session: BrowserSession;
  readonly step: Step;
  readonly page: Page;
  readonly frame: Frame;
  readonly timeoutMs: number;
}

/** An element that a step is done to. */
export interface Found {
  readonly element: Locator;
  /** The alternative that matched. */
  readonly selector: string;
}

/** A page that is still building itself may show what a later alternative matches a moment sooner. */
const GRACE_MS = 500;

/**
 * Finds the element of a step by the first of its selectors that matches, and says in the step's details when that is not the first of all: the page has changed since
 * it was recorded, and will break the recording in the end. Raises CanaryFailure of class `assertion` that names the selectors when none matches.
 */
export async function findElement(place: Place, selectors: readonly RecordedSelector[]): Promise<Found> {
  const { context, session, step, page, frame, timeoutMs } = place;
  const alternatives = alternativesOf(frame, selectors);
  let matched: Alternative | undefined;
  let sinceMs = 0;
  const check = async (): Promise<string | undefined> => {
    const now = await firstMatch(alternatives);
    if (now !== matched) {
      matched = now;
      sinceMs = context.clock.now();
    }
    if (now === undefined) return `nothing matches ${alternatives.map(({ text }) => text).join(", ")}`;
    const isSure = now === alternatives[0] || context.clock.now() - sinceMs >= Math.min(GRACE_MS, timeoutMs / 2);
    return isSure ? undefined : `only ${now.text} matches`;
  };
  await until(context, session, check, { timeoutMs, page });
  if (matched === undefined) throw new CanaryFailure("canary", "the step has no selectors");
  step.detail("selector", matched.text);
  const missed = alternatives.slice(0, alternatives.indexOf(matched)).map(({ text }) => text);
  if (missed.length > 0) {
    step.detail("selectorDrift", { matched: matched.text, missed });
    step.metric("SelectorDrift", "Count", missed.length);
  }
  return { element: matched.locator.first(), selector: matched.text };
}

async function firstMatch(alternatives: readonly Alternative[]): Promise<Alternative | undefined> {
  for (const alternative of alternatives) {
    // A selector that Playwright cannot read matches nothing: another one may.
    const problem = await lookedAt(async () => ((await alternative.locator.count()) > 0 ? undefined : "none"));
    if (problem === undefined) return alternative;
  }
  return undefined;
}

/** The page and frame of a step: the session's own page, or the pop-up or frame that its target names by URL; then down the frames by their numbers. */
export async function findPlace(
  place: Pick<Place, "context" | "session" | "step" | "timeoutMs">,
  { target, frame: path = [] }: { readonly target: string; readonly frame?: readonly number[] },
  url: (recorded: string) => string,
): Promise<Place> {
  const { context, session, timeoutMs } = place;
  let found: { page: Page; frame: Frame } | undefined;
  const check = async (): Promise<string | undefined> => {
    const root = target === "main" ? session.page.mainFrame() : frameOf(session.page, url(target));
    if (root === undefined) return `there is no page or frame of ${url(target)}`;
    let frame: Frame | undefined = root;
    for (const number of path) frame = frame?.childFrames()[number];
    if (frame === undefined) return `${root.url()} has no frame ${path.join(".")}`;
    found = { page: root.page(), frame };
    return undefined;
  };
  await until(context, session, check, { timeoutMs });
  if (found === undefined) throw new CanaryFailure("canary", "the step has no page");
  return { ...place, ...found };
}

function frameOf(own: Page, url: string): Frame | undefined {
  const pages = own
    .context()
    .pages()
    .filter((page) => page !== own);
  const popup = pages.find((page) => page.url() === url)?.mainFrame();
  return popup ?? [own, ...pages].flatMap((page) => page.frames()).find((frame) => frame.url() === url);
}
