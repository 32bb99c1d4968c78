import { isIP } from "node:net";
import type { CDPSession } from "playwright-core";
import { messageOf } from "../../platform/errors.ts";
import type { RunContext } from "../context.ts";
import { CanaryFailure } from "../failure.ts";

/** What the gate reads of the event `Fetch.requestPaused`. https://chromedevtools.github.io/devtools-protocol/tot/Fetch/#event-requestPaused */
interface PausedRequest {
  readonly requestId: string;
  readonly request: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
}

/** Told of each request that the canary may not make, and why. */
export type OnRefused = (url: string, reason: string) => void;

const TRACE_HEADER = "X-Amzn-Trace-Id";

// What a browser makes up by itself, without a network.
const WITHIN_BROWSER = /^(about|blob|data|chrome-error):/;

/**
 * Holds every request of the browser (all pages, frames, workers, and each hop of a redirect) until the canary's rules allow it, and gives those to traced hosts
 * the trace header. The header is added behind the browser's own check of the page's requests, so it asks for no preflight and breaks no CORS.
 *
 * A name's addresses are looked up here and again by the browser: whoever can change the answer in between gets through to what the runner can reach. So do
 * web sockets, which the protocol does not hold.
 */
export async function guardRequests(
  browserSession: CDPSession,
  context: Pick<RunContext, "network" | "traceHeaderFor" | "logger">,
  onRefused: OnRefused,
): Promise<void> {
  const reasons = new Map<string, Promise<string | undefined>>();
  const reasonAgainst = async (text: string): Promise<string | undefined> => {
    if (WITHIN_BROWSER.test(text)) return undefined;
    try {
      const url = new URL(text);
      context.network.check(url);
      const { hostname } = url;
      if (isIP(hostname.replace(/^\[|\]$/g, "")) !== 0) return undefined;
      const known = reasons.get(hostname) ?? refusedAddress(context.network, hostname);
      reasons.set(hostname, known);
      return await known;
    } catch (thrown) {
      return messageOf(thrown);
    }
  };
  const decide = async ({ requestId, request }: PausedRequest): Promise<void> => {
    const reason = await reasonAgainst(request.url);
    if (reason !== undefined) {
      onRefused(request.url, reason);
      await browserSession.send("Fetch.failRequest", { requestId, errorReason: "BlockedByClient" });
      return;
    }
    const headers = tracedHeaders(context, request);
    await browserSession.send("Fetch.continueRequest", { requestId, ...(headers === undefined ? {} : { headers }) });
  };
  browserSession.on("Fetch.requestPaused", (event: PausedRequest) => {
    // A request whose page was closed meanwhile can be neither continued nor failed.
    decide(event).catch((error) => context.logger.debug("a request ended before it was let through", { error }));
  });
  await browserSession.send("Fetch.enable", { patterns: [{ urlPattern: "*" }] });
}

function tracedHeaders(context: Pick<RunContext, "traceHeaderFor">, { url, headers }: PausedRequest["request"]) {
  if (WITHIN_BROWSER.test(url)) return undefined;
  const traceHeader = context.traceHeaderFor(new URL(url));
  if (traceHeader === undefined) return undefined;
  const own = Object.entries(headers).filter(([name]) => name.toLowerCase() !== TRACE_HEADER.toLowerCase());
  return [...own, [TRACE_HEADER, traceHeader] as const].map(([name, value]) => ({ name, value }));
}

/** Why a name may not be called by its address; a name that does not resolve is left to the browser, which then says so. */
function refusedAddress({ lookup }: RunContext["network"], hostname: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    lookup(hostname, { all: true }, (error) => {
      resolve(error instanceof CanaryFailure ? error.message : undefined);
    });
  });
}
