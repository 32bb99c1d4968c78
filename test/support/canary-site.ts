import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How an answer of the site is: of a good page unless it says otherwise. */
interface SiteAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The connection: broken before the answer, or in its middle, or left open without an answer. */
  readonly fault?: "reset" | "truncated" | "hang";
  readonly delayMs?: number;
}

interface SiteRequest {
  readonly path: string;
  readonly method: string;
  readonly cookie: string;
  readonly form: URLSearchParams;
  /** Of the second server, from which pages fetch across origins. */
  readonly apiOrigin: string;
}

/** What the user `ada` logs in with. */
export const SITE_PASSWORD = "correct horse";

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`;

const LOGIN = `
  <form method="post" action="/login">
    <label>User <input id="user" name="user"></label>
    <label>Password <input id="password" name="password" type="password"></label>
    <button id="login">Log in</button>
  </form>`;

const SHOP = `
  <ul><li>Lamp <button class="buy" onclick="buy()">Buy</button></li></ul>
  <p id="cart">The cart is empty</p>
  <label>Size <select id="size"><option value="s">Small</option><option value="l">Large</option></select></label>
  <script>let items = 0; function buy() { items += 1; cart.textContent = items + " in the cart"; }</script>`;

/** A page that shows what it fetched from another origin, whose leave that takes. */
const fetching = (origin: string, path: string): string => `
  <p id="price">loading</p>
  <script>fetch("${origin}${path}").then((answer) => answer.text()).then((text) => { price.textContent = text; },
    () => { price.textContent = "no price"; });</script>`;

const LOOP = "<script>setTimeout(() => { for (;;); }, 50);</script>";

/** The pages of the site by path; the faults are beside the good pages. */
const PAGES: Readonly<Record<string, (request: SiteRequest) => SiteAnswer>> = {
  "/": () => ({ body: page("Lamps", '<p>All lamps are lit</p><a href="/shop">Shop</a><a href="/login">Log in</a>') }),
  "/shop": () => ({ body: page("Shop", SHOP) }),
  "/login": ({ method, form }) => {
    if (method !== "POST") return { body: page("Log in", LOGIN) };
    const isKnown = form.get("user") === "ada" && form.get("password") === SITE_PASSWORD;
    if (!isKnown) return { status: 403, body: page("Log in", `<p>Wrong password</p>${LOGIN}`) };
    return { status: 303, headers: { location: "/account", "set-cookie": "login=ada; HttpOnly" } };
  },
  "/account": ({ cookie }) =>
    cookie.includes("login=ada") ? { body: page("Account", "<p>Welcome, Ada</p>") } : { status: 401, body: "log in" },
  "/price": ({ apiOrigin }) => ({ body: page("Price", fetching(apiOrigin, "/open")) }),
  "/popup": () => ({
    body: page(
      "Opener",
      `<button id="open" onclick="window.open('/shop','_blank','width=400,height=300')">Open</button>`,
    ),
  }),
  "/broken/cors": ({ apiOrigin }) => ({ body: page("Price", fetching(apiOrigin, "/closed")) }),
  "/broken/body": () => ({ body: page("Lamps", "<p>Sorry, something went wrong</p>") }),
  "/broken/status": () => ({ status: 500, body: page("Lamps", "<p>Sorry</p>") }),
  "/broken/console": () => ({ body: page("Lamps", "<script>undefinedFunction()</script>") }),
  "/broken/slow": () => ({ delayMs: 30_000 }),
  "/broken/hang": () => ({ fault: "hang" }),
  "/broken/loop": () => ({ body: page("Lamps", LOOP) }),
  "/broken/reset": () => ({ fault: "reset" }),
  "/broken/truncated": () => ({ fault: "truncated", body: page("Lamps", "<p>All lamps are") }),
  "/broken/redirects": () => ({ status: 302, headers: { location: "/broken/redirects" } }),
  "/broken/metadata": () => ({ status: 302, headers: { location: "http://169.254.169.254/latest/meta-data/" } }),
  "/broken/form": ({ method, form }) =>
    method === "POST"
      ? { fault: form.get("fault") as "reset" | "hang" }
      : {
          body: page(
            "Form",
            ["reset", "hang"]
              .map((fault) => `<form method="post"><button name="fault" value="${fault}">${fault}</button></form>`)
              .join(""),
          ),
        },
};

/** What another origin gives: to all, or to its own pages only. */
const API: Readonly<Record<string, SiteAnswer>> = {
  "/open": { headers: { "access-control-allow-origin": "*", "content-type": "text/plain" }, body: "9.90" },
  "/closed": { headers: { "content-type": "text/plain" }, body: "9.90" },
};

/** A request as the server got it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

/** A small site on loopback, and a second server for what comes from another origin. */
export interface CanarySite {
  readonly origin: string;
  readonly apiOrigin: string;
  /** All requests to both, in their order. */
  readonly seen: readonly SeenRequest[];
  close(): Promise<void>;
}

/** Starts the site on free ports. */
export async function startCanarySite(): Promise<CanarySite> {
  const seen: SeenRequest[] = [];
  const api = createServer((request, response) => {
    note(seen, request);
    void answer(response, API[pathOf(request)] ?? { status: 404, body: "not here" });
  });
  const apiOrigin = await listen(api);
  const pages = createServer(async (request, response) => {
    note(seen, request);
    const form = new URLSearchParams(await bodyOf(request));
    const path = pathOf(request);
    const { method = "GET", headers } = request;
    const made = PAGES[path]?.({ path, method, cookie: headers.cookie ?? "", form, apiOrigin });
    await answer(response, made ?? { status: 404, body: page("Not found", "") });
  });
  const origin = await listen(pages);
  const close = async (): Promise<void> => {
    for (const server of [pages, api]) {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  };
  return { origin, apiOrigin, seen, close };
}

function note(seen: SeenRequest[], request: IncomingMessage): void {
  seen.push({ method: request.method ?? "", path: pathOf(request), headers: request.headers });
}

function pathOf(request: IncomingMessage): string {
  return new URL(request.url ?? "/", "http://site.invalid").pathname;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
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

async function listen(server: Server): Promise<string> {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
