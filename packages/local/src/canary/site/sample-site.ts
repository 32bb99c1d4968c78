import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { BelfryError, messageOf } from "@belfry/core/platform/errors";
import { BROKEN_TWINS, FAULT_PAGES } from "./broken-pages.ts";
import { OrdersApi } from "./orders-api.ts";
import { SHOP_PAGES } from "./shop-pages.ts";
import { page, type SiteAnswer, type SitePages, type SiteRequest } from "./site-answer.ts";

/** What another origin gives: to all, or to its own pages only. */
const OTHER_ORIGIN: Readonly<Record<string, SiteAnswer>> = {
  "/open": { headers: { "access-control-allow-origin": "*", "content-type": "text/plain" }, body: "9.90" },
  "/closed": { headers: { "content-type": "text/plain" }, body: "9.90" },
};

const GOOD_PAGES: SitePages = { ...SHOP_PAGES, ...FAULT_PAGES };

/** A request as a server of the site got it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

/** A small shop on loopback, and the same shop with something wrong on many of its pages. */
export interface SampleSite {
  /** Such as `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** The broken one. */
  readonly brokenOrigin: string;
  /** From where pages fetch across origins. */
  readonly apiOrigin: string;
  /** The latest requests to all of them, in their order. */
  readonly seen: readonly SeenRequest[];
  /** Answers a page of the good site as the broken one does from now on, or no longer. */
  setBroken(path: string, isBroken: boolean): void;
  close(): Promise<void>;
}

/** The ports that the site listens at; free ones, unless given. */
export interface SitePorts {
  readonly good?: number;
  readonly broken?: number;
}

/** A site that runs for days must not remember all of them. */
const MAX_SEEN = 1000;

/** Starts the site. Raises UNAVAILABLE when a port is taken. */
export async function startSampleSite(ports: SitePorts = {}): Promise<SampleSite> {
  const seen: SeenRequest[] = [];
  const broken = new Set<string>();
  const orders = new OrdersApi();
  const servers: Server[] = [];
  const serve = (answerTo: (request: SiteRequest) => SiteAnswer, apiOrigin: string, port = 0): Promise<string> => {
    const server = createServer((request, response) => {
      note(seen, request);
      requestOf(request, apiOrigin)
        .then((whole) => answer(response, answerTo(whole)))
        // Whoever breaks off in the middle of a request gets no answer.
        .catch(() => response.destroy());
    });
    servers.push(server);
    return listening(server, port);
  };
  const twin = (request: SiteRequest): SiteAnswer => (BROKEN_TWINS[request.path] ?? good)(request);
  const good = (request: SiteRequest): SiteAnswer => {
    if (request.path.startsWith("/api/")) return orders.answer(request);
    return GOOD_PAGES[request.path]?.(request) ?? { status: 404, body: page("Not found", "") };
  };
  const close = async (): Promise<void> => {
    for (const server of servers) {
      server.closeAllConnections();
      if (server.listening) await new Promise((closed) => server.close(closed));
    }
  };
  try {
    const other = ({ path }: SiteRequest) => OTHER_ORIGIN[path] ?? { status: 404, body: "not here" };
    const apiOrigin = await serve(other, "");
    return {
      apiOrigin,
      origin: await serve((request) => (broken.has(request.path) ? twin : good)(request), apiOrigin, ports.good),
      brokenOrigin: await serve(twin, apiOrigin, ports.broken),
      seen,
      setBroken: (path, isBroken) => void (isBroken ? broken.add(path) : broken.delete(path)),
      close,
    };
  } catch (cause) {
    await close();
    throw new BelfryError("UNAVAILABLE", `the sample site cannot be served: ${messageOf(cause)}`, { cause });
  }
}

function note(seen: SeenRequest[], request: IncomingMessage): void {
  seen.push({ method: request.method ?? "", path: pathOf(request), headers: request.headers });
  if (seen.length > MAX_SEEN) seen.shift();
}

function pathOf(request: IncomingMessage): string {
  return new URL(request.url ?? "/", "http://site.invalid").pathname;
}

async function requestOf(request: IncomingMessage, apiOrigin: string): Promise<SiteRequest> {
  let body = "";
  for await (const chunk of request) body += chunk;
  const { method = "GET", headers } = request;
  const form = new URLSearchParams(body);
  return { path: pathOf(request), method, cookie: headers.cookie ?? "", body, form, apiOrigin };
}

async function answer(response: ServerResponse, made: SiteAnswer): Promise<void> {
  const { status = 200, headers = {}, body = "", fault, delayMs = 0 } = made;
  if (fault === "hang") return;
  if (fault === "reset") {
    response.destroy();
    return;
  }
  if (delayMs > 0) await new Promise((waited) => setTimeout(waited, delayMs).unref());
  const length = Buffer.byteLength(body) + (fault === "truncated" ? 1000 : 0);
  response.writeHead(status, { "content-type": "text/html; charset=utf-8", "content-length": length, ...headers });
  if (fault === "truncated") {
    response.write(body);
    // What was written must have left before the connection breaks.
    setTimeout(() => response.destroy(), 50).unref();
    return;
  }
  response.end(body);
}

async function listening(server: Server, port: number): Promise<string> {
  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", listening);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
