import type { Locator, Page } from "playwright-core";
import { glob } from "../config/glob.ts";
import type { BrowserSession, PageProblem } from "./browser-port.ts";
import type { RunContext } from "./context.ts";
import { CanaryFailure, classOfText, failureOf } from "./failure.ts";
import { timeLeft } from "./page-load.ts";

/** Looks once; says what is not as it should be, or undefined when all is. */
export type Check = () => Promise<string | undefined>;

const POLL_MS = 100;
const MAX_SHOWN = 200;
const MAX_ANSWER_MS = 1000;
const MAX_IDLE_MS = 3000;
const UNRESPONSIVE = "the page does not respond";

/**
 * Looks again and again until a check holds. Raises CanaryFailure of class `assertion` with what was found last; but of the class that it is when the page hangs, or is on its way and has
 * no answer (`timeout`), or its own request had failed (`dns`, `tls`, `target`).
 */
export async function until(
  context: RunContext,
  session: BrowserSession,
  check: Check,
  options: { readonly timeoutMs: number; readonly page?: Page },
): Promise<void> {
  const page = options.page ?? session.page;
  const waitMs = timeLeft(context, options.timeoutMs);
  const endMs = context.clock.now() + waitMs;
  for (;;) {
    const problem = await lookedAt(check);
    if (problem === undefined) return;
    context.signal.throwIfAborted();
    if (context.clock.now() >= endMs) throw missed(problem, waitMs, session, page);
    await context.sleep(POLL_MS, context.signal);
  }
}

/** What a check says, or why the page cannot be asked: it navigates meanwhile, or hangs. That is no verdict. */
export async function lookedAt(check: Check): Promise<string | undefined> {
  try {
    return await answerOf(check());
  } catch (thrown) {
    const { class: failureClass, message: text } = failureOf(thrown);
    if (failureClass === "browser") throw thrown;
    const [message = ""] = text.split("\n");
    return `the page could not be asked: ${message}`;
  }
}

/** Chromium holds all questions to a page that is on its way to another one, and Playwright waits for their answers without end. */
async function answerOf(asked: Promise<string | undefined>): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve(UNRESPONSIVE), MAX_ANSWER_MS);
  try {
    return await Promise.race([asked, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a step that was not fulfilled failed by: its own expectation, unless the page never came. */
export function missed(problem: string, waitedMs: number, session: BrowserSession, page: Page): CanaryFailure {
  const pending = session.pendingUrl(page);
  if (pending !== undefined) {
    return new CanaryFailure("timeout", `${pending} gave no answer within ${waitedMs} ms: ${problem}`);
  }
  const failed = page.url().startsWith("chrome-error:") ? lastFailed(session.problems()) : undefined;
  if (failed !== undefined) {
    const failureClass = classOfText(failed.text) ?? "target";
    return new CanaryFailure(failureClass, `${failed.url} was not loaded: ${failed.text}`);
  }
  return new CanaryFailure(problem === UNRESPONSIVE ? "timeout" : "assertion", problem);
}

function lastFailed(problems: readonly PageProblem[]): PageProblem | undefined {
  return problems.findLast(({ what }) => what === "request-failed" || what === "request-refused");
}

/** The text of an element, or of the whole page, has a text; runs of white space are one blank. */
export function hasText(where: Locator, text: string, absent: boolean): Check {
  const wanted = plain(text);
  return async () => {
    if ((await where.count()) === 0) return absent ? undefined : `there is no ${nameOf(where)} to hold ${quoted(text)}`;
    const found = plain(await where.first().innerText({ timeout: MAX_ANSWER_MS }));
    if (found.includes(wanted) !== absent) return undefined;
    return absent ? `${quoted(text)} is on the page` : `expected ${quoted(text)}, the page says ${quoted(found)}`;
  };
}

/** The states of elements that can be waited for. */
export type ElementState = "visible" | "hidden" | "attached" | "detached";

/** An element is in a state, or exactly so many elements are. */
export function isInState(where: Locator, state: ElementState, count?: number): Check {
  const isShown = state === "visible" || state === "hidden";
  const adjective = isShown ? "visible" : "present";
  const name = nameOf(where);
  const inState = isShown ? where.filter({ visible: true }) : where;
  if (state === "hidden" || state === "detached" || count === 0) {
    return async () => ((await inState.count()) === 0 ? undefined : `${name} is ${adjective}`);
  }
  return async () => {
    const found = await inState.count();
    if (count !== undefined && found !== count) return `expected ${count} of ${name} to be ${adjective}, ${found} are`;
    if (found > 0) return undefined;
    const isThere = isShown && (await where.count()) > 0;
    return isThere ? `${name} is on the page, but not visible` : `there is no ${name} on the page`;
  };
}

/** A text, such as a URL or a title, is as expected; `*` stands for any characters. */
export function matches(what: string, wanted: string, read: () => Promise<string>): Check {
  const isWanted = glob(wanted);
  return async () => {
    const found = await read();
    return isWanted(found) ? undefined : `expected the ${what} ${quoted(wanted)}, it is ${quoted(found)}`;
  };
}

/** Raises when what a canary names as a failure has happened on its pages since a time, or does while the page in front finishes its requests. */
export async function failOnProblems(
  context: RunContext,
  session: BrowserSession,
  failOn: readonly PageProblem["what"][],
  sinceMs: number,
): Promise<void> {
  if (failOn.length === 0) return;
  const page = session.page.context().pages().at(-1);
  // A page that never finishes is judged by what it did until then.
  await page?.waitForLoadState("networkidle", { timeout: timeLeft(context, MAX_IDLE_MS) }).catch(() => undefined);
  const problems = session.problems().filter(({ what, atMs }) => failOn.includes(what) && atMs >= sinceMs);
  const [first] = problems;
  if (first === undefined) return;
  const more = problems.length === 1 ? "" : `, and ${problems.length - 1} more`;
  const where = first.url === "" ? "" : ` (${first.url})`;
  throw new CanaryFailure("assertion", `${first.what}: ${first.text.split("\n")[0]}${where}${more}`);
}

/** A selector as its writer wrote it. */
function nameOf(where: Locator): string {
  return where
    .toString()
    .replace(/^Locator@/, "")
    .replace(/^locator\('(.*)'\)$/s, "$1");
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

function quoted(text: string): string {
  const short = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return JSON.stringify(short);
}
