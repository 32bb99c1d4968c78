import type { Locator, Page } from "playwright-core";

/** Something that went wrong on a page without a step failing: what a visitor would see in the console, and requests that got no answer, or were not let through. */
export interface PageProblem {
  readonly what: "console-error" | "page-error" | "request-failed" | "request-refused";
  readonly text: string;
  /** Of the request, or where in which script. */
  readonly url: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** How a picture is taken. */
export interface ScreenshotOptions {
  readonly fullPage?: boolean;
  /** Selectors of what is covered. */
  readonly mask?: readonly string[];
}

/**
 * A browser that is open for one attempt, with one fresh context. It takes screenshots of steps and collects its evidence by itself, through the context that it
 * was opened with (`aroundSteps`, `atEnd`, `keep`).
 */
export interface BrowserSession {
  readonly page: Page;
  /** Such as `153.0.8010.36`: baselines are kept by it. */
  readonly version: string;
  /** Takes a picture of the page, or of all of it, as PNG, and keeps nothing. */
  screenshot(options?: ScreenshotOptions): Promise<Uint8Array>;
  /** What went wrong on the pages so far; not redacted. */
  problems(): readonly PageProblem[];
  /** Where a page is on its way to, as long as there is no answer. */
  pendingUrl(page: Page): string | undefined;
  /** Covers an element in all pictures from now on: one that a secret is typed into. */
  conceal(element: Locator): void;
}
