import type { Page } from "playwright-core";
import { messageOf } from "../../platform/errors.ts";
import type { BrowserSession } from "../browser-port.ts";
import type { RunContext } from "../context.ts";
import { CanaryFailure } from "../failure.ts";
import { isTimeout, timeLeft } from "../page-load.ts";

/** What of a page is taken. */
export interface PictureOptions {
  readonly fullPage: boolean;
  /** Only this element. */
  readonly selector?: string | undefined;
  /** Selectors of what is covered with COVER. */
  readonly covered: readonly string[];
  /** How long the page may take to stop changing. */
  readonly settleMs: number;
  /** How long an element is waited for. */
  readonly timeoutMs: number;
}

/** Playwright's colour of what is covered. https://playwright.dev/docs/api/class-page#page-screenshot-option-mask-color */
export const COVER = [255, 0, 255] as const;

const SETTLE_POLL_MS = 150;

/**
 * Takes pictures until two in a row are the same, or the page had its time: fonts, pictures and animations that come late are no change. Raises CanaryFailure:
 * `assertion` when the element is not there, `browser` when the browser gives no picture.
 */
export async function settledPicture(
  context: RunContext,
  session: BrowserSession,
  options: PictureOptions,
): Promise<{ readonly png: Uint8Array; readonly isSettled: boolean }> {
  const endMs = context.clock.now() + timeLeft(context, options.settleMs);
  let png = await takePicture(context, session, options);
  while (context.clock.now() < endMs) {
    await context.sleep(SETTLE_POLL_MS, context.signal);
    context.signal.throwIfAborted();
    const next = await takePicture(context, session, options);
    if (Buffer.compare(png, next) === 0) return { png, isSettled: true };
    png = next;
  }
  return { png, isSettled: false };
}

async function takePicture(
  context: RunContext,
  session: BrowserSession,
  { fullPage, selector, covered, timeoutMs }: PictureOptions,
): Promise<Uint8Array> {
  if (selector === undefined) return session.screenshot({ fullPage, mask: covered });
  return elementPicture(session.page, selector, covered, timeLeft(context, timeoutMs));
}

async function elementPicture(
  page: Page,
  selector: string,
  covered: readonly string[],
  timeoutMs: number,
): Promise<Uint8Array> {
  try {
    return await page
      .locator(selector)
      .first()
      .screenshot({
        type: "png",
        animations: "disabled",
        timeout: timeoutMs,
        mask: covered.map((one) => page.locator(one)),
      });
  } catch (thrown) {
    if (isTimeout(thrown)) {
      const text = `${selector} is not visible, and has no picture (waited ${Math.round(timeoutMs)} ms)`;
      throw new CanaryFailure("assertion", text, { cause: thrown });
    }
    const [message] = messageOf(thrown).split("\n");
    throw new CanaryFailure("browser", `no picture of ${selector}: ${message}`, { cause: thrown });
  }
}
