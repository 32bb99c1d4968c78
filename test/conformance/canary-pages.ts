// What recordings of ours do with pages of the player's test suite, by the page's file: each uses a part of the format, and says what must come of it.

const at = { offsetX: 2, offsetY: 2 };
const click = (selectors: readonly (string | readonly string[])[], more: object = {}) => ({
  type: "click",
  selectors,
  ...at,
  ...more,
});
const change = (selector: string, value: string) => ({ type: "change", selectors: [selector], value });
const holds = (expression: string, more: object = {}) => ({ type: "waitForExpression", expression, ...more });
const valueIs = (id: string, value: string) => holds(`document.getElementById("${id}").value === "${value}"`);
const press = (key: string) => ["keyDown", "keyUp"].map((type) => ({ type, key }));
const url = (page: string) => `https://site.test/${page}`;

/** Steps after the page was loaded. */
export const PAGE_STEPS: Readonly<Record<string, readonly object[]>> = {
  "main.html": [
    click(["aria/Test Button", "#test"]),
    click([["#test"]], { button: "secondary" }),
    click(["#no-longer-there", "xpath///button[@id='test']"], { button: "auxiliary" }),
    holds("JSON.stringify(buttonClicks) === '[0,2,1]'"),
    click(["aria/Form Button"]),
    { type: "waitForElement", selectors: ["#form1-result"], properties: { textContent: "From 1 Submitted" } },
    { type: "hover", selectors: ["text/Not hovered"] },
    holds("document.getElementById('hover-button').textContent === 'Hovered'"),
    click([["#shadow-root > span", "#inner-span"], "pierce/#inner-span"]),
    click(["#in-iframe"], { frame: [0] }),
    click(["#inner-iframe"], { frame: [0, 0] }),
    {
      type: "waitForElement",
      selectors: ["#selector-attribute"],
      attributes: { "data-devtools-test": "selector-attribute" },
      operator: "==",
    },
    click(["#popup"]),
    click(["aria/Button in Popup"], { target: url("popup.html") }),
    { type: "close", target: url("popup.html") },
    click(["aria/Page 2"], { assertedEvents: [{ type: "navigation", url: url("main2.html"), title: "" }] }),
  ],
  "main2.html": [
    { type: "doubleClick", selectors: ["aria/Test button"], ...at },
    { type: "waitForElement", selectors: ["text/Button clicked"], operator: "==", count: 2 },
    { type: "waitForElement", selectors: ["#nothing"], visible: false },
  ],
  "input.html": [
    change("#one", "1"),
    change("#color", "#FF00aa"),
    change("#date", "2026-01-02"),
    change("#range", "7"),
    change("#password", "secret"),
    change("#partially-prefilled", "abcdef"),
    valueIs("one", "1"),
    valueIs("color", "#ff00aa"),
    valueIs("date", "2026-01-02"),
    valueIs("range", "7"),
    valueIs("password", "secret"),
    valueIs("partially-prefilled", "abcdef"),
  ],
  "checkbox.html": [click(["aria/checkbox"]), holds("document.getElementById('checkbox').checked")],
  "select.html": [change("aria/Select", "O2"), valueIs("select", "O2")],
  "form.html": [
    click(["#name"]),
    ...press("a"),
    ...press("b"),
    valueIs("name", "ab"),
    ...press("Enter"),
    holds("location.search === '?name=ab'"),
  ],
  "svg.html": [click(["svg > path"], { offsetX: 320, offsetY: 320 })],
  "scroll.html": [
    { type: "scroll", y: 40 },
    holds("window.scrollY === 40"),
    { type: "scroll", selectors: ["#overflow"], y: 30 },
    holds("document.getElementById('overflow').scrollTop === 30"),
  ],
  "scroll-into-view.html": [click(["button"]), holds("document.querySelector('button').innerText === 'clicked'")],
  "invisible-parent.html": [click([".child"])],
  "shadow-dynamic.html": [
    click([["custom-element", "button"]]),
    { type: "waitForElement", selectors: [["custom-element", "button"]], count: 2 },
    { type: "waitForElement", selectors: ["pierce/button"], operator: "<=", count: 2 },
  ],
  "iframe1.html": [click(["aria/To iframe 2"], { assertedEvents: [{ type: "navigation", url: url("iframe2.html") }] })],
  "iframe2.html": [click(["text/To iframe 1"], { assertedEvents: [{ type: "navigation", url: url("iframe1.html") }] })],
  "local-to-oopif.html": [click(["aria/To iframe 2"], { frame: [0] })],
  "popup.html": [
    { type: "emulateNetworkConditions", download: 50_000, upload: 50_000, latency: 20 },
    { type: "waitForElement", selectors: ['aria/Popup[role="heading"]'], visible: true },
    { type: "emulateNetworkConditions", download: -1, upload: -1, latency: 0 },
    holds("new Promise((done) => setTimeout(() => done(true), 700))"),
  ],
};
