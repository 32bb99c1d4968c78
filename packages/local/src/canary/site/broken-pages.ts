import { fetching, LAMP_LEFT, poster } from "./shop-pages.ts";
import { json, page, type SitePages } from "./site-answer.ts";

/** What the pages of the same path look like when something is wrong with them. Pages that stand not here are well on the broken site, too. */
export const BROKEN_TWINS: SitePages = {
  // Status 200, and nothing on it.
  "/": () => ({ body: page("Lamps", "<p>Sorry, something went wrong</p>") }),
  // The button says what it did, and does not what it says.
  "/shop": () => ({
    body: page(
      "Shop",
      '<ul><li>Lamp <button class="buy" onclick="addToBasket()">Buy</button></li></ul><p id="cart">The cart is empty</p>',
    ),
  }),
  // Somebody has rewritten the form: selectors that were good find nothing.
  "/login": () => ({
    body: page(
      "Sign in",
      '<form method="post"><input name="mail" placeholder="E-mail"><button id="sign-in">Sign in</button></form>',
    ),
  }),
  "/links": () => ({
    body: page(
      "Links",
      '<ul><li><a href="/">Home</a></li><li><a href="/sale-of-last-year">Sale</a></li><li><a href="#imprint">Imprint</a></li></ul><img src="/lamp.svg" alt="A lamp" width="48" height="48">',
    ),
  }),
  "/poster": () => ({ body: poster(LAMP_LEFT + 24) }),
  "/api/health": () => ({ fault: "reset" }),
  "/api/orders": ({ method }) => (method === "POST" ? json({ error: "the warehouse does not answer" }, 500) : json([])),
  "/api/stock": () => ({ fault: "hang" }),
};

const LOOP = "<script>setTimeout(() => { for (;;); }, 50);</script>";

/** Pages with a fault each, for canaries that are to meet it. */
export const FAULT_PAGES: SitePages = {
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
