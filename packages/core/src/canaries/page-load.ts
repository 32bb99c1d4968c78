import type { Page, Request } from "playwright-core";
import { messageOf } from "../platform/errors.ts";
import type { BrowserSession } from "./browser-port.ts";
import type { RunContext, Step } from "./context.ts";
import { CanaryFailure, classOfText } from "./failure.ts";

/** How a page is loaded. */
export interface LoadOptions {
  /** What is waited for: all that the page refers to, unless given. */
  readonly until?: "load" | "domcontentloaded";
  readonly timeoutMs?: number;
  /** Another page than the session's own: a pop-up. */
  readonly page?: Page;
}

/** What a page's own request was answered with. */
export interface LoadedPage {
  /** Undefined where there was no request: of about:blank, or a fragment of the same page. */
  readonly status: number | undefined;
  readonly url: string;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** What is left of the attempt, but a little less: a wait that ends by itself says what it waited for. */
const MARGIN_MS = 250;

/** How long something may be waited for in this attempt. */
export function timeLeft(context: Pick<RunContext, "clock" | "deadlineMs">, wantedMs = DEFAULT_TIMEOUT_MS): number {
  // Playwright takes 0 as "for ever".
  return Math.max(1, Math.min(wantedMs, context.deadlineMs - context.clock.now() - MARGIN_MS));
}

/**
 * Loads a page for a step. Raises CanaryFailure: `dns`, `tls`, `target` (also when the answer breaks off in its middle), `timeout`, or `canary` for a URL that may not be
 * called. Whatever status the answer has is fine here.
 */
export async function loadPage(
  context: RunContext,
  session: BrowserSession,
  step: Step,
  url: string,
  options: LoadOptions = {},
): Promise<LoadedPage> {
  const { until = "load", page = session.page } = options;
  step.visited(url);
  const timeout = timeLeft(context, options.timeoutMs);
  const broken = brokenOff(page);
  try {
    // An answer that breaks off never fires "load", and Playwright would wait for it until the time-out.
    const response = await page.goto(url, { waitUntil: "commit", timeout });
    await Promise.race([page.waitForLoadState(until, { timeout }), broken.raised]);
    step.visited(page.url());
    return { status: response?.status(), url: page.url() };
  } catch (thrown) {
    throw loadFailure(thrown, url, timeout, session);
  } finally {
    broken.forget();
  }
}

/** Fails when the page's own document does after its answer began. */
function brokenOff(page: Page): { readonly raised: Promise<never>; forget(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const onFailed = (request: Request) => {
    const text = request.failure()?.errorText ?? "";
    if (text !== "net::ERR_ABORTED" && pageOf(request) === page) reject(new Error(text));
  };
  page.on("requestfailed", onFailed);
  // Before its answer began, goto itself raises.
  promise.catch(() => undefined);
  return { raised: promise, forget: () => page.off("requestfailed", onFailed) };
}

/** The page that a request is to load; undefined for any other request, and for the first of a pop-up, of which there is no page yet. */
export function pageOf(request: Request): Page | undefined {
  if (!request.isNavigationRequest()) return undefined;
  try {
    const frame = request.frame();
    return frame.parentFrame() === null ? frame.page() : undefined;
  } catch {
    // Playwright raises where the frame is not made yet.
    return undefined;
  }
}

function loadFailure(thrown: unknown, url: string, timeoutMs: number, session: BrowserSession): unknown {
  if (thrown instanceof CanaryFailure) return thrown;
  const message = messageOf(thrown);
  if (isTimeout(thrown)) {
    const text = `${url} was not loaded within ${timeoutMs} ms`;
    return new CanaryFailure("timeout", text, { cause: thrown });
  }
  const refused = session.problems().findLast(({ what }) => what === "request-refused");
  if (message.includes("ERR_BLOCKED_BY_CLIENT") && refused !== undefined) {
    return new CanaryFailure("canary", `${refused.url} was not called: ${refused.text}`, { cause: thrown });
  }
  const failureClass = classOfText(message);
  const name = /net::ERR_[A-Z0-9_]+/.exec(message)?.[0];
  if (failureClass !== undefined && name !== undefined)
    return new CanaryFailure(failureClass, `${url} was not loaded: ${name}`, { cause: thrown });
  return thrown;
}

// A page that hangs does not leave; the next step then says so.
const LEAVE_TIMEOUT_MS = 2000;

/** Leaves a page that was not loaded: Chromium goes to a page of its own after a failure, some time later, which would break off the next navigation. */
export async function leaveErrorPage(page: Page): Promise<void> {
  await page.goto("about:blank", { timeout: LEAVE_TIMEOUT_MS }).catch(() => undefined);
}

/** Whether Playwright gave up waiting. */
export function isTimeout(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "TimeoutError";
}
