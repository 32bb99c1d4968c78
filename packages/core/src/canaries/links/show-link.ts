import { messageOf } from "../../platform/errors.ts";
import type { BrowserSession } from "../browser-port.ts";
import type { RunContext, Step } from "../context.ts";
import { timeLeft } from "../page-load.ts";
import type { BadLink } from "./crawl-links.ts";

// So many pictures show enough of a page whose links are all broken.
const MAX_PER_PAGE = 5;
const SCROLL_TIMEOUT_MS = 1000;
const PICTURE_TIMEOUT_MS = 5000;

const MARK =
  "outline: 4px solid #d91515 !important; outline-offset: 2px !important; background-color: #fff1a8 !important";

/** Keeps a picture of the page for each of its bad links, with the element that has it marked. A link that shows nothing, as those of scripts, has none. */
export async function showLinks(
  context: RunContext,
  session: BrowserSession,
  step: Step,
  bad: readonly BadLink[],
): Promise<void> {
  const visible = bad.filter(({ found }) => ["a", "area", "img", "iframe", "video"].includes(found.tag));
  for (const [index, link] of visible.slice(0, MAX_PER_PAGE).entries()) {
    const { tag, attribute, written } = link.found;
    const selector = `${tag}[${attribute}=${quoted(written)}]`;
    try {
      const body = await markedPicture(context, session, selector);
      const number = String(step.number).padStart(2, "0");
      const name = `${number}-${step.name}-${link.entry.state}-${index + 1}.png`;
      link.shownIn(context.keep({ name, contentType: "image/png", body, step: step.name }).name);
    } catch (thrown) {
      context.signal.throwIfAborted();
      context.logger.warn(`a bad link is not shown: ${messageOf(thrown).split("\n")[0]}`, { error: thrown });
    }
  }
}

/** The mark is Playwright's to set and to take away, so the page's own rules of content do not forbid it. */
async function markedPicture(context: RunContext, { page }: BrowserSession, selector: string): Promise<Uint8Array> {
  const element = page.locator(`css=${selector}`).first();
  await element.scrollIntoViewIfNeeded({ timeout: timeLeft(context, SCROLL_TIMEOUT_MS) });
  return page.screenshot({
    type: "png",
    animations: "disabled",
    timeout: timeLeft(context, PICTURE_TIMEOUT_MS),
    style: `${selector} { ${MARK} }`,
  });
}

/** A string of CSS. https://www.w3.org/TR/css-syntax-3/#consume-string-token */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&").replaceAll(/[\n\r\f]/g, (found) => `\\${found.charCodeAt(0).toString(16)} `)}"`;
}
