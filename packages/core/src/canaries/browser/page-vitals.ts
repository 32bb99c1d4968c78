import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { BrowserContext, Page } from "playwright-core";
import type { MetricUnit } from "../report.ts";

/** One of the page's Web Vitals as it is known so far. https://web.dev/articles/vitals */
export interface Vital {
  /** CloudWatch's form of its name: `LargestContentfulPaint`. */
  readonly name: string;
  readonly unit: MetricUnit;
  readonly value: number;
}

/** The vitals of one loaded document. */
export interface DocumentVitals {
  readonly url: string;
  /** When its navigation began, epoch milliseconds, by the page's own clock. */
  readonly startedMs: number;
  readonly values: ReadonlyMap<string, Vital>;
}

const NAMES: Readonly<Record<string, readonly [name: string, unit: MetricUnit]>> = {
  CLS: ["CumulativeLayoutShift", "None"],
  FCP: ["FirstContentfulPaint", "Milliseconds"],
  INP: ["InteractionToNextPaint", "Milliseconds"],
  LCP: ["LargestContentfulPaint", "Milliseconds"],
  // From the navigation's begin, redirects included; the request's own TimeToFirstByte is measured outside the browser.
  TTFB: ["NavigationToFirstByte", "Milliseconds"],
};

const BINDING = "__belfryVital";

/** How long an interaction of a busy page is waited for. */
const MAX_FRAMES_MS = 300;

// Every change is reported, since a page may be left before its last; an interaction of any length is, since the test's page is the only one of its visitor.
const REPORT = `
  const { webVitals } = globalThis;
  delete globalThis.webVitals;
  if (window === window.top) for (const name of ["CLS", "FCP", "INP", "LCP", "TTFB"]) {
    webVitals["on" + name](
      (metric) => window.${BINDING}({ name, value: metric.value, url: location.href, startedMs: performance.timeOrigin }),
      { reportAllChanges: true, durationThreshold: 16 },
    );
  }`;

interface Reported {
  readonly name: string;
  readonly value: number;
  readonly url: string;
  readonly startedMs: number;
}

/** Collects Web Vitals of all documents that the pages of a context load, as the pages report them. */
export class PageVitals {
  readonly #documents = new Map<Page, DocumentVitals[]>();

  async watch(context: BrowserContext): Promise<void> {
    // The package's build for `require` also runs in a page: there it makes the global webVitals.
    const require = createRequire(import.meta.url);
    const library = await readFile(require.resolve("web-vitals"), "utf8");
    await context.exposeBinding(BINDING, ({ page }, reported: unknown) => this.#take(page, reported));
    await context.addInitScript({ content: `(() => { ${library}\n${REPORT} })();` });
  }

  /** Of each document of a page, in the order of their loading. */
  of(page: Page): readonly DocumentVitals[] {
    return this.#documents.get(page) ?? [];
  }

  /** Lets the page paint twice, without which an interaction's time is mostly not reported before the page is left. */
  async settle(page: Page): Promise<void> {
    const frames = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))";
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, MAX_FRAMES_MS);
    // A page that was closed, or hangs, has nothing to say.
    page.evaluate(frames).then(
      () => resolve(),
      () => resolve(),
    );
    await promise;
    clearTimeout(timer);
  }

  /** The page may call the binding itself, with anything. */
  #take(page: Page, reported: unknown): void {
    const { name, value, url, startedMs } = (reported ?? {}) as Partial<Reported>;
    const [metric, unit] = (typeof name === "string" && Object.hasOwn(NAMES, name) ? NAMES[name] : undefined) ?? [];
    if (metric === undefined || unit === undefined) return;
    if (typeof value !== "number" || !Number.isFinite(value) || typeof startedMs !== "number") return;
    const documents = this.#documents.get(page) ?? [];
    this.#documents.set(page, documents);
    let document = documents.find((known) => known.startedMs === startedMs);
    if (document === undefined) {
      document = { url: String(url), startedMs, values: new Map() };
      documents.push(document);
    }
    (document.values as Map<string, Vital>).set(metric, { name: metric, unit, value: Math.round(value * 1e4) / 1e4 });
  }
}
