import type { BrowserContext, Page, Request } from "playwright-core";
import type { PageProblem } from "../browser-port.ts";
import { pageOf } from "../page-load.ts";

// A page that fails in a loop must not fill the report.
const MAX_PROBLEMS = 200;
const MAX_TEXT = 2000;

/** What a page cancels itself, by going on to another one. */
const CANCELLED = "net::ERR_ABORTED";

/** What went wrong on the pages of a context without their steps failing: as a visitor's console would show it. */
export class PageProblems {
  readonly #problems: PageProblem[] = [];
  readonly #pending = new Map<Page, Request>();

  /** Listens to a context; `at` is the time, in epoch milliseconds. */
  watch(context: BrowserContext, now: () => number): void {
    context.on("console", (message) => {
      if (message.type() !== "error") return;
      const { url, lineNumber } = message.location();
      this.add({ what: "console-error", text: message.text(), url: `${url}:${lineNumber + 1}`, atMs: now() });
    });
    context.on("weberror", (raised) => {
      const error = raised.error();
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.add({ what: "page-error", text, url: raised.page()?.url() ?? "", atMs: now() });
    });
    this.#watchNavigations(context);
    context.on("requestfailed", (request) => {
      const text = failureText(request);
      if (text === CANCELLED || this.#isRefused(request.url())) return;
      this.add({ what: "request-failed", text, url: request.url(), atMs: now() });
    });
  }

  add(problem: PageProblem): void {
    if (this.#problems.length >= MAX_PROBLEMS) return;
    const { text } = problem;
    this.#problems.push({ ...problem, text: text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text });
  }

  all(): readonly PageProblem[] {
    return [...this.#problems];
  }

  /** Where a page is on its way to, as long as there is no answer. */
  pendingUrl(page: Page): string | undefined {
    return this.#pending.get(page)?.url();
  }

  #watchNavigations(context: BrowserContext): void {
    const settle = (request: Request) => {
      for (const [page, pending] of this.#pending) if (pending === request) this.#pending.delete(page);
    };
    context.on("request", (request) => {
      const page = pageOf(request);
      if (page !== undefined) this.#pending.set(page, request);
    });
    context.on("response", (response) => settle(response.request()));
    context.on("requestfailed", settle);
  }

  #isRefused(url: string): boolean {
    return this.#problems.some((problem) => problem.what === "request-refused" && problem.url === url);
  }
}

/** The name of a request's failure, such as `net::ERR_EMPTY_RESPONSE`. */
function failureText(request: Request): string {
  return request.failure()?.errorText ?? "no answer";
}
