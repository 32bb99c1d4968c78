import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Locator, Page } from "playwright-core";
import { messageOf } from "../../platform/errors.ts";
import type { BrowserSession, ScreenshotOptions } from "../browser-port.ts";
import type { OpenBrowser, RunContext, Step } from "../context.ts";
import { endingWith } from "../deadline.ts";
import { CanaryFailure } from "../failure.ts";
import type { Failure } from "../report.ts";
import { Filmstrip } from "./filmstrip.ts";
import { finishedHar, type PageRecord } from "./har.ts";
import type { LaunchBrowser, LaunchedBrowser } from "./launch.ts";
import { PageProblems } from "./page-problems.ts";
import { type DocumentVitals, PageVitals } from "./page-vitals.ts";
import { guardRequests } from "./request-gate.ts";

/** A picture that takes longer is of a page that hangs. */
const SCREENSHOT_TIMEOUT_MS = 5000;

/** What a busy machine's Chromium says of a page that it has not drawn yet: a moment later it has. */
const NOT_DRAWN = /Unable to capture screenshot/;

/** At the end of a run that hung there is no time for more. */
const END_SCREENSHOT_TIMEOUT_MS = 500;
const END_HAR_TIMEOUT_MS = 2000;
const STOP_TIMEOUT_MS = 300;

/** As long as it is waited, after a step that passed, for the page that it led to: a key that sends a form does not wait for it. */
const ARRIVAL_TIMEOUT_MS = 5000;
const ARRIVAL_POLL_MS = 20;
const RESPONSE_TIMEOUT_MS = 300;

/** Makes what opens a browser for an attempt: one of its own, that is closed, and if need be killed, when the attempt is over. */
export function browserOpener(launch: LaunchBrowser): OpenBrowser {
  return async (context) => {
    const startedMs = context.clock.now();
    const launched = await launch(context.signal);
    if (context.signal.aborted) {
      // It came behind the deadline: nobody would close it any more.
      await launched.close();
      throw context.signal.reason;
    }
    context.metric("BrowserLaunch", "Milliseconds", context.clock.now() - startedMs);
    const session = new Session(launched, context);
    // First, since it is the last to be done: whatever happens to the evidence, no browser stays behind.
    context.atEnd(() => session.close());
    await session.open();
    return session;
  };
}

type PageEvent = PageRecord["events"][number];

/** One browser with one context, and the evidence of it. */
class Session implements BrowserSession {
  readonly version: string;
  readonly #launched: LaunchedBrowser;
  readonly #context: RunContext;
  readonly #problems = new PageProblems();
  readonly #vitals = new PageVitals();
  readonly #filmstrip = new Filmstrip();
  readonly #events = new Map<Page, PageEvent[]>();
  readonly #told = new Map<DocumentVitals, Map<string, number>>();
  readonly #concealed: Locator[] = [];
  #opened: { readonly pages: BrowserContext; readonly page: Page; readonly folder: string } | undefined;

  constructor(launched: LaunchedBrowser, context: RunContext) {
    this.#launched = launched;
    this.#context = context;
    this.version = launched.browser.version();
  }

  get page(): Page {
    if (this.#opened === undefined) throw new CanaryFailure("browser", "the browser has no page");
    return this.#opened.page;
  }

  async open(): Promise<void> {
    const { browser } = this.#launched;
    const { canary, clock, userAgent } = this.#context;
    const now = () => clock.now();
    const gate = await browser.newBrowserCDPSession();
    await guardRequests(gate, this.#context, (url, text) =>
      this.#problems.add({ what: "request-refused", text, url, atMs: now() }),
    );
    const own = await gate.send("Browser.getVersion");
    const folder = await mkdtemp(join(tmpdir(), "belfry-har-"));
    const pages = await browser.newContext({
      viewport: canary.viewport,
      userAgent: `${own.userAgent} ${userAgent}`,
      acceptDownloads: false,
      ...(canary.artifacts.har ? { recordHar: { path: join(folder, "recorded.har"), content: "omit" } } : {}),
    });
    this.#problems.watch(pages, now);
    pages.on("page", (page) => this.#watch(page, now));
    pages.on("response", (response) => this.#context.countRequest(response.status()));
    pages.on("requestfailed", () => this.#context.countRequest(undefined));
    await this.#vitals.watch(pages);
    this.#opened = { pages, page: await pages.newPage(), folder };
    this.#context.aroundSteps({ after: (step, failure) => this.#afterStep(step, failure) });
    this.#context.atEnd((failure, signal) => this.#keepEvidence(failure, signal));
    if (canary.artifacts.filmstrip) await this.#filmstrip.start(this.page, now);
  }

  async screenshot(options: ScreenshotOptions = {}): Promise<Uint8Array> {
    return this.#picture(this.page, SCREENSHOT_TIMEOUT_MS, options);
  }

  problems() {
    return this.#problems.all();
  }

  pendingUrl(page: Page) {
    return this.#problems.pendingUrl(page);
  }

  conceal(element: Locator): void {
    this.#concealed.push(element);
    // Its pictures are taken by the browser, which covers nothing.
    this.#filmstrip.stop();
  }

  async close(): Promise<void> {
    await this.#launched.close();
    if (this.#opened !== undefined) await rm(this.#opened.folder, { recursive: true, force: true });
  }

  #watch(page: Page, now: () => number): void {
    const events: PageEvent[] = [];
    this.#events.set(page, events);
    page.on("domcontentloaded", () => events.push({ what: "onContentLoad", atMs: now() }));
    page.on("load", () => events.push({ what: "onLoad", atMs: now() }));
  }

  /** The page that was opened last is what a visitor looks at. */
  get #front(): Page {
    const open = this.#opened?.pages.pages() ?? [];
    return open.at(-1) ?? this.page;
  }

  async #afterStep(step: Step, failure: Failure | undefined): Promise<void> {
    const page = this.#front;
    if (page.isClosed()) return;
    if (failure === undefined) await this.#arrival(page);
    const isLate = this.#context.signal.aborted;
    if (this.pendingUrl(page) !== undefined) {
      // The next step may wait longer for it.
      if (failure === undefined && !isLate) return;
      await stopLoading(page);
    } else if (!(await responds(page)))
      throw new CanaryFailure("browser", "no picture of the page: it does not respond");
    else if (!isLate) await this.#vitals.settle(page);
    this.#tellVitals(step, page);
    const { screenshots } = this.#context.canary.artifacts;
    if (screenshots === "off" || (screenshots === "failure" && failure === undefined)) return;
    const leftMs = this.#context.deadlineMs - this.#context.clock.now();
    const timeoutMs = Math.min(SCREENSHOT_TIMEOUT_MS, Math.max(END_SCREENSHOT_TIMEOUT_MS, leftMs));
    const body = await this.#picture(page, timeoutMs);
    const number = String(step.number).padStart(2, "0");
    const name = `${number}-${step.name}-${failure === undefined ? "succeeded" : "failed"}.png`;
    this.#context.keep({ name, contentType: "image/png", body, step: step.name });
  }

  async #arrival(page: Page): Promise<void> {
    const { clock, sleep, signal } = this.#context;
    const untilMs = clock.now() + ARRIVAL_TIMEOUT_MS;
    while (this.pendingUrl(page) !== undefined && clock.now() < untilMs && !signal.aborted)
      await sleep(ARRIVAL_POLL_MS, signal);
  }

  /** Those of the document that the step ended on, as far as an earlier step did not tell the same. */
  #tellVitals(step: Step, page: Page): void {
    const document = this.#vitals.of(page).at(-1);
    if (document === undefined) return;
    const told = this.#told.get(document) ?? new Map<string, number>();
    this.#told.set(document, told);
    for (const { name, unit, value } of document.values.values()) {
      if (told.get(name) === value) continue;
      told.set(name, value);
      step.metric(name, unit, value);
    }
  }

  async #picture(page: Page, timeoutMs: number, options: ScreenshotOptions = {}): Promise<Uint8Array> {
    const mask = [...this.#concealed, ...(options.mask ?? []).map((selector) => page.locator(selector))];
    const take = () =>
      page.screenshot({
        type: "png",
        animations: "disabled",
        fullPage: options.fullPage ?? false,
        timeout: timeoutMs,
        mask: mask.filter((element) => element.page() === page),
      });
    try {
      return await take().catch((thrown) => {
        if (!NOT_DRAWN.test(messageOf(thrown))) throw thrown;
        return take();
      });
    } catch (thrown) {
      // Behind its first line are pages of Playwright's own log.
      const [message] = messageOf(thrown).split("\n");
      throw new CanaryFailure("browser", `no picture of the page: ${message}`, { cause: thrown });
    }
  }

  async #keepEvidence(_failure: Failure | undefined, signal: AbortSignal): Promise<void> {
    const { artifacts } = this.#context.canary;
    this.#filmstrip.stop();
    this.#filmstrip.frames.forEach(({ atMs, jpeg }, index) => {
      const name = `filmstrip-${String(index + 1).padStart(2, "0")}-${Math.round(atMs)}ms.jpg`;
      this.#context.keep({ name, contentType: "image/jpeg", body: jpeg });
    });
    const problems = this.#problems.all();
    if (artifacts.console && problems.length > 0) {
      const lines = problems.map(({ atMs, ...problem }) => ({ at: new Date(atMs).toISOString(), ...problem }));
      const body = JSON.stringify(lines);
      this.#context.keep({ name: "console.json", contentType: "application/json", body });
    }
    if (artifacts.har)
      await endingWith(this.#keepHar(), AbortSignal.any([signal, AbortSignal.timeout(END_HAR_TIMEOUT_MS)]));
  }

  /** Playwright writes the requests when the context closes, which it does though a page hangs. */
  async #keepHar(): Promise<void> {
    if (this.#opened === undefined) return;
    const { pages, folder } = this.#opened;
    await pages.close();
    const recorded = JSON.parse(await readFile(join(folder, "recorded.har"), "utf8"));
    const records = [...this.#events].map(([page, events]) => ({ events, vitals: this.#vitals.of(page) }));
    const body = JSON.stringify(finishedHar(recorded, records));
    this.#context.keep({ name: "results.har", contentType: "application/json", body });
  }
}

/** A page whose script runs without end would take the time of all other evidence. */
async function responds(page: Page): Promise<boolean> {
  const asked = page.evaluate("true").then(
    () => true,
    () => true,
  );
  return endingWith(asked, AbortSignal.timeout(RESPONSE_TIMEOUT_MS)).catch(() => false);
}

/** As long as a page is on its way to another one, Chromium answers no question about it: it has to give that up before its picture can be taken. */
async function stopLoading(page: Page): Promise<void> {
  const stopped = page
    .context()
    .newCDPSession(page)
    .then((session) => session.send("Page.stopLoading"));
  await endingWith(stopped, AbortSignal.timeout(STOP_TIMEOUT_MS));
}
