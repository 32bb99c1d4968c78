import { isDeepStrictEqual } from "node:util";
import type { ElementHandle, Frame } from "playwright-core";
import { type Check, until } from "../page-checks.ts";
import type { Place } from "./find-element.ts";
import type { StepOf } from "./recording.ts";
import { alternativesOf } from "./selectors.ts";

type WaitForElement = StepOf<"waitForElement">;

// A selector that matches a whole table must not be asked for each of its cells.
const MAX_ELEMENTS = 500;
const ASK_MS = 500;

/**
 * Waits until as many elements match as the step says. Without operator it is `>=`, as Chrome plays it (its documentation says `==`), but `==` for none. `visible: true` counts what can be seen, and `false` turns the
 * step around: it waits until it does not hold.
 */
export async function waitForElementStep(place: Place, recorded: WaitForElement): Promise<void> {
  const { context, session, page, frame, timeoutMs } = place;
  const { count, operator = count === 0 ? "==" : ">=", visible } = recorded;
  const alternatives = alternativesOf(frame, recorded.selectors);
  const names = alternatives.map(({ text }) => text).join(", ");
  const check: Check = async () => {
    let found = 0;
    for (const { locator } of alternatives) {
      found = await matching(await locator.elementHandles(), recorded);
      if (found > 0) break;
    }
    const holds = operator === ">=" ? found >= count : operator === "<=" ? found <= count : found === count;
    if (holds === (visible !== false)) return undefined;
    const wanted = `${operator} ${count} of ${names}`;
    return `expected ${visible === false ? "not " : ""}${wanted}, there are ${found}`;
  };
  await until(context, session, check, { timeoutMs, page });
}

async function matching(elements: readonly ElementHandle[], recorded: WaitForElement): Promise<number> {
  let found = 0;
  for (const element of elements.slice(0, MAX_ELEMENTS)) if (await isMatch(element, recorded)) found++;
  await Promise.all(elements.map((element) => element.dispose()));
  return found;
}

async function isMatch(element: ElementHandle, { visible, properties, attributes }: WaitForElement): Promise<boolean> {
  if (visible !== undefined && !(await element.isVisible())) return false;
  for (const [name, wanted] of Object.entries(attributes)) {
    if ((await element.getAttribute(name)) !== wanted) return false;
  }
  for (const [name, wanted] of Object.entries(properties)) {
    const value = await (await element.getProperty(name)).jsonValue();
    if (!isDeepStrictEqual(value, wanted)) return false;
  }
  return true;
}

/** Waits until an expression, or the promise that it makes, is true. */
export async function waitForExpressionStep(place: Place, recorded: StepOf<"waitForExpression">): Promise<void> {
  const { context, session, page, frame, timeoutMs } = place;
  const { expression } = recorded;
  // It may wait in itself, longer than a page needs to answer: it is asked once, and again when it was not true.
  let asked: Promise<unknown> | undefined;
  let answer: unknown;
  const check: Check = async () => {
    asked ??= frame.evaluate(expression).then(
      (value) => {
        answer = value;
        asked = undefined;
      },
      (error: Error) => {
        asked = undefined;
        throw error;
      },
    );
    await Promise.race([asked, context.sleep(ASK_MS, context.signal)]);
    return answer ? undefined : `expected ${expression} to become true`;
  };
  // What was asked of a document that was left may never be answered.
  const onNavigated = (navigated: Frame) => {
    if (navigated === frame) asked = undefined;
  };
  page.on("framenavigated", onNavigated);
  try {
    await until(context, session, check, { timeoutMs, page });
  } finally {
    page.off("framenavigated", onNavigated);
  }
}
