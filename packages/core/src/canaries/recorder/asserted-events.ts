import type { Frame } from "playwright-core";
import { type Check, until } from "../page-checks.ts";
import type { Place } from "./find-element.ts";
import type { RecordedStep } from "./recording.ts";

/**
 * Does a step and checks the navigations that were recorded with it: that there was one, to that URL, to a page of that title. (Other players of recordings wait for
 * a navigation, and look at neither.) Raises CanaryFailure of class `assertion` with what there was instead.
 */
export async function withAssertedEvents(
  place: Place,
  { assertedEvents }: RecordedStep,
  url: (recorded: string) => string,
  act: () => Promise<void>,
): Promise<void> {
  if (assertedEvents.length === 0) return act();
  const { context, session, page, frame, timeoutMs } = place;
  let navigations = 0;
  const onNavigated = (navigated: Frame) => {
    if (navigated === frame) navigations++;
  };
  page.on("framenavigated", onNavigated);
  try {
    await act();
    // Of several navigations only the last leaves a page that can be looked at.
    const wanted = assertedEvents.length;
    const last = assertedEvents[wanted - 1];
    const expected = { url: last?.url === undefined ? undefined : url(last.url), title: last?.title };
    const check: Check = async () => {
      if (navigations >= wanted) return differenceOf(frame, expected);
      const what = wanted === 1 ? "a navigation" : `${wanted} navigations`;
      const whither = expected.url === undefined ? "" : ` to ${expected.url}`;
      return `expected ${what}${whither}, the page is at ${frame.url()}`;
    };
    await until(context, session, check, { timeoutMs, page });
  } finally {
    page.off("framenavigated", onNavigated);
  }
}

interface Expected {
  readonly url: string | undefined;
  readonly title: string | undefined;
}

async function differenceOf(frame: Frame, { url, title }: Expected): Promise<string | undefined> {
  if (url !== undefined && !isSameUrl(frame.url(), url)) {
    return `expected a navigation to ${url}, the page is at ${frame.url()}`;
  }
  if (title === undefined) return undefined;
  const found = await frame.title();
  return found === title ? undefined : `expected the title ${JSON.stringify(title)}, it is ${JSON.stringify(found)}`;
}

/** `https://example.com` and `https://example.com/` are one. */
function isSameUrl(one: string, other: string): boolean {
  return (URL.parse(one)?.href ?? one) === (URL.parse(other)?.href ?? other);
}
