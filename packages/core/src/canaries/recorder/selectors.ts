import type { Frame, Locator, Page } from "playwright-core";

/** One way to an element: a selector, or one within the other, the last of which is the element. */
export type RecordedSelector = string | readonly string[];

/** An alternative with its text for people. */
export interface Alternative {
  readonly text: string;
  readonly locator: Locator;
}

type Role = Parameters<Page["getByRole"]>[0];

// Those whose elements have names. An `aria/…` selector mostly names no role, and Playwright asks for one. https://www.w3.org/TR/wai-aria-1.2/#role_definitions
const ROLES: readonly Role[] = [
  ...(["alert", "alertdialog", "article", "banner", "button", "cell", "checkbox", "columnheader", "combobox"] as const),
  ...([
    "dialog",
    "figure",
    "form",
    "gridcell",
    "group",
    "heading",
    "img",
    "link",
    "list",
    "listbox",
    "listitem",
  ] as const),
  ...(["main", "menu", "menubar", "menuitem", "menuitemcheckbox", "menuitemradio", "meter", "navigation"] as const),
  ...(["option", "progressbar", "radio", "radiogroup", "region", "row", "rowheader", "scrollbar", "search"] as const),
  ...(["searchbox", "slider", "spinbutton", "status", "switch", "tab", "table", "tabpanel", "textbox"] as const),
  ...(["toolbar", "tooltip", "tree", "treegrid", "treeitem"] as const),
];

const ARIA =
  /^(?<name>.*?)(?:\[\s*(?<first>\w+)\s*=\s*"(?<firstValue>[^"]*)"\s*\])?(?:\[\s*(?<second>\w+)\s*=\s*"(?<secondValue>[^"]*)"\s*\])?$/s;

/**
 * Puppeteer's selectors as Playwright's: `aria/Name[role="button"]`, `text/…`, `xpath/…`, `pierce/…`, else CSS. Playwright's CSS goes into open shadow roots by
 * itself, as Puppeteer's does for each part of a list. https://pptr.dev/guides/page-interactions#selectors
 */
export function alternativesOf(frame: Frame, selectors: readonly RecordedSelector[]): Alternative[] {
  return selectors.map((selector) => {
    const parts = typeof selector === "string" ? [selector] : selector;
    const [first = "", ...rest] = parts;
    let locator = locate(frame, first);
    for (const part of rest) locator = locate(locator, part);
    return { text: parts.join(" ›› "), locator };
  });
}

function locate(within: Frame | Locator, selector: string): Locator {
  const slash = selector.indexOf("/");
  const rest = selector.slice(slash + 1);
  switch (slash < 0 ? "" : selector.slice(0, slash)) {
    case "aria":
      return locateByName(within, rest);
    case "text":
      return within.getByText(wholeText(rest));
    case "xpath":
      return within.locator(`xpath=${rest}`);
    case "pierce":
      return within.locator(`css=${rest}`);
    default:
      return within.locator(`css=${selector}`);
  }
}

function locateByName(within: Frame | Locator, text: string): Locator {
  const { name = "", first, firstValue, second, secondValue } = ARIA.exec(text)?.groups ?? {};
  const attributes: Readonly<Record<string, string | undefined>> = {
    ...(first === undefined ? {} : { [first]: firstValue }),
    ...(second === undefined ? {} : { [second]: secondValue }),
  };
  const wanted = attributes.name ?? name;
  const options = wanted === "" ? {} : { name: wanted, exact: true };
  const { role } = attributes;
  if (role !== undefined) return within.getByRole(role.toLowerCase() as Role, options);
  const byRole = ROLES.map((each) => within.getByRole(each, options));
  // What has no role of its own, such as a field of a password, may have a label; a plain text is its own name.
  const others = [within.getByLabel(wanted, { exact: true }), within.getByText(wanted, { exact: true })];
  return [...byRole, ...others].reduce((one, other) => one.or(other));
}

/** Parts of a text count, in their case, whatever white space is between its words. */
function wholeText(text: string): RegExp {
  const words = text.trim().split(/\s+/);
  return new RegExp(words.map((word) => word.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("\\s+"));
}
