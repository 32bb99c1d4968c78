import type { FailureClass } from "../../event/failure-class.ts";
import type { RunContext, Step } from "../context.ts";
import { failureOf } from "../failure.ts";
import { type OnExchange, type ProbeAnswer, probeHttp } from "../probe/http.ts";
import { type HttpExchange, headerOf } from "../probe/http-exchange.ts";
import type { LinkRules } from "./link-rules.ts";

/** `blocked`: the site answers, but not to a program; nobody knows whether the link is good. */
export type LinkState = "ok" | "broken" | "blocked" | "skipped";

/** What a link leads to. */
export interface CheckedLink {
  readonly state: LinkState;
  /** Undefined when there was no answer, or none was asked for. */
  readonly status?: number;
  readonly statusText?: string;
  /** Why it is not ok. */
  readonly reason?: string;
  /** Of a link without an answer. */
  readonly failureClass?: FailureClass;
  /** The answers on the way, where it was redirected. */
  readonly redirects: readonly { readonly url: string; readonly status: number }[];
  /** Where it ended, after all redirects. */
  readonly url: string;
  readonly contentType: string;
  /** As much of it as was read: nothing of what was only asked for by HEAD. */
  readonly text: string;
}

/** How links are looked at. */
export interface CheckOptions {
  readonly rules: LinkRules;
  readonly head: boolean;
  readonly timeoutMs: number;
  readonly maxRetryAfterMs: number;
  readonly onExchange: OnExchange;
}

// LinkedIn answers 999 to programs; Cloudflare says so in a header. https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/
const BLOCKED = new Set([401, 403, 407, 429, 999]);
const CHALLENGE_HEADER = "cf-mitigated";

const MAX_REDIRECTS = 20;
const MAX_RETRIES = 2;
const TOO_MANY_REQUESTS = 429;
const DEFAULT_RETRY_AFTER_MS = 1000;

/** What is read of a page for its links and fragments. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024;
const MAX_IGNORED_BYTES = 65_536;

/** Looks at links, and waits for hosts that say that it asks too often. */
export class LinkChecker {
  readonly #context: RunContext;
  readonly #options: CheckOptions;
  /** Epoch milliseconds until which a host wants no requests. */
  readonly #waits = new Map<string, number>();

  constructor(context: RunContext, options: CheckOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Asks by HEAD, and by GET where that does not answer well, or the text is wanted. Never raises but at the attempt's end. */
  async check(url: URL, step: Step, wantsText = false): Promise<CheckedLink> {
    if (this.#options.head && !wantsText) {
      const checked = await this.#ask("HEAD", url, step, false);
      // A name that is not found, or a bad certificate, is the same for GET.
      const isSettled = checked.state === "ok" || checked.state === "skipped";
      if (isSettled || checked.failureClass === "dns" || checked.failureClass === "tls") return checked;
    }
    return this.#ask("GET", url, step, wantsText);
  }

  async #ask(method: "HEAD" | "GET", url: URL, step: Step, wantsText: boolean): Promise<CheckedLink> {
    for (let retries = 0; ; retries++) {
      await this.#waitFor(url.host);
      const { checked, answer } = await this.#askOnce(method, url, step, wantsText);
      if (answer?.status !== TOO_MANY_REQUESTS || retries === MAX_RETRIES || method === "HEAD") return checked;
      const waitMs = retryAfterMs(headerOf(answer.headers, "retry-after"), this.#context.clock.now());
      if (waitMs > this.#options.maxRetryAfterMs) return checked;
      this.#waits.set(url.host, this.#context.clock.now() + waitMs);
    }
  }

  async #waitFor(host: string): Promise<void> {
    const { clock, sleep, signal } = this.#context;
    const waitMs = (this.#waits.get(host) ?? 0) - clock.now();
    if (waitMs > 0) await sleep(waitMs, signal);
    signal.throwIfAborted();
  }

  async #askOnce(
    method: "HEAD" | "GET",
    url: URL,
    step: Step,
    wantsText: boolean,
  ): Promise<{ readonly checked: CheckedLink; readonly answer?: ProbeAnswer }> {
    const exchanges: HttpExchange[] = [];
    const onExchange: OnExchange = (exchange, name) => {
      exchanges.push(exchange);
      this.#options.onExchange(exchange, name);
    };
    const request = {
      method,
      url: url.href,
      headers: {},
      timeoutMs: this.#options.timeoutMs,
      redirects: MAX_REDIRECTS,
      maxBodyBytes: wantsText ? MAX_TEXT_BYTES : MAX_IGNORED_BYTES,
      allowSelfSigned: false,
    };
    try {
      const answer = await probeHttp(request, this.#context, quiet(step), onExchange);
      return { checked: this.#judged(url, answer, redirectsOf(exchanges), wantsText), answer };
    } catch (thrown) {
      this.#context.signal.throwIfAborted();
      return { checked: unanswered(url, thrown, redirectsOf(exchanges)) };
    }
  }

  #judged(url: URL, answer: ProbeAnswer, redirects: CheckedLink["redirects"], wantsText: boolean): CheckedLink {
    const { status, statusText, headers } = answer;
    const contentType = headerOf(headers, "content-type") ?? "";
    const state = stateOf(answer, this.#options.rules.expectedStatus(url));
    return {
      state,
      status,
      statusText,
      ...(state === "ok" ? {} : { reason: `${status} ${statusText}`.trim() }),
      redirects,
      url: answer.url.href,
      contentType,
      text: wantsText ? textOf(answer.body, contentType) : "",
    };
  }
}

/** A step for requests that are not the step's own: they say neither where it led, nor how long it took. */
function quiet(step: Step): Step {
  return { ...step, visited: () => undefined, detail: () => undefined, metric: () => undefined };
}

function stateOf({ status, headers }: ProbeAnswer, expected: readonly number[] | undefined): LinkState {
  if (expected !== undefined) return expected.includes(status) ? "ok" : "broken";
  if (status < 400) return "ok";
  return BLOCKED.has(status) || headerOf(headers, CHALLENGE_HEADER) !== undefined ? "blocked" : "broken";
}

function unanswered(url: URL, thrown: unknown, redirects: CheckedLink["redirects"]): CheckedLink {
  const { class: failureClass, message } = failureOf(thrown);
  // What the canary may not call says nothing of the link.
  const state = failureClass === "canary" ? "skipped" : "broken";
  return { state, reason: message, failureClass, redirects, url: url.href, contentType: "", text: "" };
}

function redirectsOf(exchanges: readonly HttpExchange[]): CheckedLink["redirects"] {
  return exchanges.slice(0, -1).map(({ url, answer }) => ({ url: url.href, status: answer?.status ?? 0 }));
}

/** Seconds, or a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfterMs(value: string | undefined, nowMs: number): number {
  if (value === undefined) return DEFAULT_RETRY_AFTER_MS;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isNaN(ms) ? DEFAULT_RETRY_AFTER_MS : Math.max(0, ms);
}

/** A text in the encoding that its content type names, UTF-8 unless it does. */
export function textOf(body: Uint8Array, contentType: string): string {
  const label = /charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(label).decode(body);
  } catch {
    // An encoding that nobody knows: most of a page is readable all the same.
    return new TextDecoder().decode(body);
  }
}
