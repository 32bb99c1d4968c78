import type { Page } from "playwright-core";
import type { RunContext } from "./context.ts";

/**
 * A browser that is open for one attempt, with one fresh context. It takes screenshots of steps and collects its evidence by itself, through the context that it
 * was opened with (`aroundSteps`, `atEnd`, `keep`).
 */
export interface BrowserSession {
  readonly page: Page;
  /** Such as `153.0.8010.36`: baselines are kept by it. */
  readonly version: string;
  /** Takes a picture of the page, or of all of it, as PNG, and keeps nothing. */
  screenshot(options?: { readonly fullPage?: boolean; readonly mask?: readonly string[] }): Promise<Uint8Array>;
}

/** Opens the browser. Raises CanaryFailure of class `browser` when there is none, or it does not start. */
export type OpenBrowser = (context: RunContext) => Promise<BrowserSession>;
