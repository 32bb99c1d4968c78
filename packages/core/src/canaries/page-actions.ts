import type { Locator } from "playwright-core";
import { messageOf } from "../platform/errors.ts";
import type { BrowserSession } from "./browser-port.ts";
import type { RunContext } from "./context.ts";
import { isInState, lookedAt, missed } from "./page-checks.ts";
import { isTimeout, timeLeft } from "./page-load.ts";

/** What is done to an element. */
export interface Action {
  /** How the element is called in messages: its selector. */
  readonly name: string;
  readonly timeoutMs: number;
  readonly act: (element: Locator, timeoutMs: number) => Promise<unknown>;
}

/** Does something to an element, as soon as it can be done. Raises CanaryFailure, of class `assertion` when the element is not there or cannot be used, naming it. */
export async function doOn(
  context: RunContext,
  session: BrowserSession,
  element: Locator,
  { name, timeoutMs, act }: Action,
): Promise<void> {
  const waitMs = timeLeft(context, timeoutMs);
  try {
    await act(element, waitMs);
  } catch (thrown) {
    if (!isTimeout(thrown)) throw thrown;
    const problem = await whyUnusable(element, name, waitMs, messageOf(thrown));
    throw missed(problem, waitMs, session, element.page());
  }
}

/** Playwright's log of what it waited for says it best. https://playwright.dev/docs/actionability */
async function whyUnusable(element: Locator, name: string, waitedMs: number, message: string): Promise<string> {
  const waited = `(waited ${Math.round(waitedMs)} ms)`;
  const missing = await lookedAt(isInState(element, "attached"));
  if (missing !== undefined) return `nothing matches ${name} ${waited}`;
  const covered = /<.+> intercepts pointer events/.exec(message)?.[0];
  const state = covered ?? /element is (not visible|not stable|not enabled|outside of the viewport)/.exec(message)?.[0];
  return `${name} cannot be used ${waited}${state === undefined ? "" : `: ${state}`}`;
}
