import { page, type SiteAnswer, type SitePages, type SiteRequest } from "./site-answer.ts";

/** What the user `ada` logs in with. */
export const SITE_PASSWORD = "correct horse";

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
  <a id="checkout" href="/checkout">Check out</a>
  <script>let items = 0; function buy() { items += 1; cart.textContent = items + " in the cart"; }</script>`;

const CHECKOUT = `
  <form method="post" action="/checkout">
    <label>Name <input id="name" name="name" required></label>
    <label>Street <input id="street" name="street" required></label>
    <button id="order">Order</button>
  </form>`;

const LINKS = `
  <ul>
    <li><a href="/">Home</a></li>
    <li><a href="/shop">Shop</a></li>
    <li><a href="#imprint">Imprint</a></li>
    <li><a href="mailto:ada@example.com">Write to us</a></li>
  </ul>
  <img src="/lamp.svg" srcset="/lamp.svg 1x, /lamp.svg 2x" alt="A lamp" width="48" height="48">
  <h2 id="imprint">Imprint</h2>`;

const LAMP = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><circle cx="24" cy="18" r="12" fill="#f4b400"/><rect x="19" y="30" width="10" height="12" fill="#777"/></svg>`;

/** A poster of blocks; the lamp's is so many pixels from the left. */
export function poster(lampLeft: number): string {
  const block = (left: number, top: number, colour: string) =>
    `<div style="position:absolute;left:${left}px;top:${top}px;width:120px;height:120px;background:${colour}"></div>`;
  const clock = `<p id="clock" style="position:absolute;left:20px;top:300px"></p><script>clock.textContent = new Date().toISOString();</script>`;
  return page("Lamps of the season", block(20, 120, "#274c77") + block(lampLeft, 120, "#f4b400") + clock);
}

/** Where the lamp's block is when all is well. */
export const LAMP_LEFT = 160;

/** The pages of the shop as they should be. */
export const SHOP_PAGES: SitePages = {
  "/": () => ({
    body: page(
      "Lamps",
      '<p>All lamps are lit</p><a href="/shop">Shop</a> <a href="/login">Log in</a> <a href="/links">Links</a>',
    ),
  }),
  "/shop": () => ({ body: page("Shop", SHOP) }),
  "/login": login,
  "/account": ({ cookie }) =>
    cookie.includes("login=ada") ? { body: page("Account", "<p>Welcome, Ada</p>") } : { status: 401, body: "log in" },
  "/checkout": ({ method, form }) => {
    if (method !== "POST") return { body: page("Check out", CHECKOUT) };
    const isFilled = form.get("name") && form.get("street");
    return { status: 303, headers: { location: isFilled ? "/thanks" : "/checkout" } };
  },
  "/thanks": () => ({ body: page("Thank you", "<p>Your lamps are on their way</p>") }),
  "/price": ({ apiOrigin }) => ({ body: page("Price", fetching(apiOrigin, "/open")) }),
  "/popup": () => ({
    body: page(
      "Opener",
      `<button id="open" onclick="window.open('/shop','_blank','width=400,height=300')">Open</button>`,
    ),
  }),
  "/links": () => ({ body: page("Links", LINKS) }),
  "/lamp.svg": () => ({ headers: { "content-type": "image/svg+xml" }, body: LAMP }),
  "/poster": () => ({ body: poster(LAMP_LEFT) }),
  // What every browser asks for by itself.
  "/favicon.ico": () => ({ status: 204 }),
};

function login({ method, form }: SiteRequest): SiteAnswer {
  if (method !== "POST") return { body: page("Log in", LOGIN) };
  const isKnown = form.get("user") === "ada" && form.get("password") === SITE_PASSWORD;
  if (!isKnown) return { status: 403, body: page("Log in", `<p>Wrong password</p>${LOGIN}`) };
  return { status: 303, headers: { location: "/account", "set-cookie": "login=ada; HttpOnly" } };
}

/** A page that shows what it fetched from another origin, whose leave that takes. */
export function fetching(origin: string, path: string): string {
  return `
  <p id="price">loading</p>
  <script>fetch("${origin}${path}").then((answer) => answer.text()).then((text) => { price.textContent = text; },
    () => { price.textContent = "no price"; });</script>`;
}
