import type { RunContext, Step } from "../context.ts";
import { deadlineAfter } from "../deadline.ts";
import { CanaryFailure, failureOf } from "../failure.ts";
import { type HeaderPairs, type HttpAnswer, type HttpExchange, headerOf } from "./http-exchange.ts";
import { exchangeOnce } from "./http-request.ts";
import { measurePhases } from "./phases.ts";

/** A request of a canary, with everything filled in. */
export interface ProbeRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** For all redirects together. */
  readonly timeoutMs: number;
  /** How many are followed. */
  readonly redirects: number;
  readonly maxBodyBytes: number;
  readonly allowSelfSigned: boolean;
}

/** The answer at the end of all redirects. */
export interface ProbeAnswer extends HttpAnswer {
  readonly url: URL;
  /** Of all redirects together. */
  readonly totalMs: number;
}

/** Takes each exchange as it ends, for a HAR. */
export type OnExchange = (exchange: HttpExchange, step: string) => void;

/**
 * Sends a request, follows its redirects, and measures the phases as the step's. An answer of any status is an answer. Raises CanaryFailure: `dns`, `tls`, `timeout`, `target` (no answer, one
 * that breaks off, redirects without end), `canary` for what may not be called.
 */
export async function probeHttp(
  request: ProbeRequest,
  context: RunContext,
  step: Step,
  onExchange: OnExchange,
): Promise<ProbeAnswer> {
  const reason = () =>
    new CanaryFailure("timeout", `no whole answer from ${context.redact(request.url)} within ${request.timeoutMs} ms`);
  const deadline = deadlineAfter(request.timeoutMs, context.sleep, reason, context.signal);
  const begin = performance.now();
  try {
    const { answer, url } = await followed(request, { context, step, onExchange, signal: deadline.signal });
    return { ...answer, url, totalMs: performance.now() - begin };
  } finally {
    deadline.clear();
  }
}

interface Journey {
  readonly context: RunContext;
  readonly step: Step;
  readonly onExchange: OnExchange;
  readonly signal: AbortSignal;
}

interface Hop {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

async function followed(request: ProbeRequest, journey: Journey): Promise<{ answer: HttpAnswer; url: URL }> {
  const { context, step } = journey;
  let hop: Hop = {
    method: request.method,
    url: parsedUrl(request.url, context),
    headers: request.headers,
    body: request.body,
  };
  const seen = new Set<string>();
  for (let redirects = 0; ; redirects++) {
    step.visited(hop.url.href);
    const answer = await answered(hop, request, journey);
    const location = headerOf(answer.headers, "location");
    if (!isRedirect(answer.status) || location === undefined || request.redirects === 0)
      return { answer, url: hop.url };
    seen.add(`${hop.method} ${hop.url.href}`);
    hop = nextHop(hop, answer.status, targetOf(location, hop.url, context), context);
    if (seen.has(`${hop.method} ${hop.url.href}`)) {
      throw new CanaryFailure(
        "target",
        `redirects go in a circle: ${context.redact(hop.url.href)} leads back to itself`,
      );
    }
    if (redirects + 1 > request.redirects) {
      throw new CanaryFailure(
        "target",
        `more than ${request.redirects} redirects, the last to ${context.redact(hop.url.href)}`,
      );
    }
  }
}

function parsedUrl(text: string, context: RunContext): URL {
  const url = URL.parse(text);
  if (url === null) throw new CanaryFailure("canary", `${context.redact(text)} is no URL`);
  return url;
}

function targetOf(location: string, from: URL, context: RunContext): URL {
  const url = URL.parse(location, from.href);
  if (url !== null) return url;
  throw new CanaryFailure("target", `${from.host} redirects to ${context.redact(location)}, which is no URL`);
}

async function answered(
  hop: Hop,
  request: ProbeRequest,
  { context, step, onExchange, signal }: Journey,
): Promise<HttpAnswer> {
  context.network.check(hop.url);
  const headers = headersOf(hop, context);
  const { maxBodyBytes, allowSelfSigned } = request;
  const { network, roots } = context;
  const single = { ...hop, headers, maxBodyBytes, allowSelfSigned, lookup: network.lookup, roots };
  const exchange = await exchangeOnce(single, context.clock.now(), signal);
  onExchange(exchange, step.name);
  context.countRequest(exchange.answer?.status);
  measurePhases(exchange.phases, step);
  if (exchange.error === undefined && exchange.answer !== undefined) return exchange.answer;
  const { class: failureClass, message } = failureOf(exchange.error);
  throw new CanaryFailure(
    failureClass,
    message === "" ? `no answer from ${hop.url.host}` : withHost(message, hop.url),
    {
      cause: exchange.error,
    },
  );
}

/** Node's own messages do not always say whom they are about. */
function withHost(message: string, { host, hostname }: URL): string {
  return message.includes(hostname) ? message : `${host}: ${message}`;
}

function headersOf({ url, headers }: Hop, context: RunContext): HeaderPairs {
  const given = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [name, value] as const]));
  const trace = context.traceHeaderFor(url);
  const own: (readonly [string, string])[] = [
    ["Host", url.host],
    ["User-Agent", context.userAgent],
    ["Accept", "*/*"],
    ["Accept-Encoding", "gzip, deflate, br"],
    ["Connection", "close"],
    ...(trace === undefined ? [] : [["X-Amzn-Trace-Id", trace] as const]),
    ...userOf(url),
  ];
  return [...own.filter(([name]) => !given.has(name.toLowerCase())), ...given.values()];
}

/** User and password of a URL are sent as browsers do. https://www.rfc-editor.org/rfc/rfc7617 */
function userOf({ username, password }: URL): (readonly [string, string])[] {
  if (username === "" && password === "") return [];
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return [["Authorization", `Basic ${Buffer.from(pair).toString("base64")}`]];
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

// What another origin must not get, by Fetch's rule and by what the names say; values that are known to be secret it does not get under any name.
// https://fetch.spec.whatwg.org/#http-redirect-fetch
const OWN_ORIGIN_HEADERS = /^(authorization|cookie|proxy-authorization|host|.*(api-?key|token|secret|signature).*)$/i;
const BODY_HEADERS = /^content-(type|length|encoding|language|location)$/i;

/** The request after a redirect: POST becomes GET as in browsers, and what was meant for one origin does not go to another. Raises CanaryFailure of class `target` where that is in the body. */
function nextHop(hop: Hop, status: number, url: URL, context: RunContext): Hop {
  const toGet =
    (status === 303 && hop.method !== "HEAD") || ((status === 301 || status === 302) && hop.method === "POST");
  const isAway = url.origin !== hop.url.origin;
  const isSecret = (text: string) => context.redact(text) !== text;
  const body = toGet ? undefined : hop.body;
  if (isAway && body !== undefined && isSecret(body)) {
    const message = `${hop.url.host} redirects a body that holds a secret to ${url.host}, which is not sent it`;
    throw new CanaryFailure("target", message);
  }
  const kept = Object.entries(hop.headers).filter(([name, value]) => {
    if (isAway && (OWN_ORIGIN_HEADERS.test(name) || isSecret(value))) return false;
    return !(toGet && BODY_HEADERS.test(name));
  });
  return { method: toGet ? "GET" : hop.method, url, headers: Object.fromEntries(kept), body };
}
