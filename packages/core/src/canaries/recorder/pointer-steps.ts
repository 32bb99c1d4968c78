import type { Locator } from "playwright-core";
import { doOn } from "../page-actions.ts";
import { type Found, findElement, type Place } from "./find-element.ts";
import type { StepOf } from "./recording.ts";

type PointerStep = StepOf<"click"> | StepOf<"doubleClick">;

const BUTTONS = { primary: "left", auxiliary: "middle", secondary: "right" } as const;

/** What the Recorder's clicks take between down and up. */
const CLICK_MS = 50;

/** Clicks where it was clicked; in the middle, when the element has become smaller than that. */
export async function clickStep(place: Place, recorded: PointerStep): Promise<void> {
  const found = await findElement(place, recorded.selectors);
  const { button } = recorded;
  if (button === "back" || button === "forward") return clickSideButton(place, found, button);
  await on(place, found, async (element, timeout) => {
    const position = await positionIn(element, recorded, timeout);
    const options = { button: BUTTONS[button], timeout, ...(position === undefined ? {} : { position }) };
    if (recorded.type === "doubleClick") return element.dblclick(options);
    return element.click({ ...options, delay: recorded.duration ?? CLICK_MS });
  });
}

/** Moves the pointer over the element. */
export async function hoverStep(place: Place, recorded: StepOf<"hover">): Promise<void> {
  const found = await findElement(place, recorded.selectors);
  await on(place, found, (element, timeout) => element.hover({ timeout }));
}

function on(
  place: Place,
  { element, selector }: Found,
  act: (element: Locator, timeoutMs: number) => Promise<unknown>,
) {
  const { context, session, timeoutMs } = place;
  return doOn(context, session, element, { name: selector, timeoutMs, act });
}

async function positionIn(element: Locator, { offsetX: x, offsetY: y }: PointerStep, timeout: number) {
  await element.scrollIntoViewIfNeeded({ timeout });
  const box = await element.boundingBox({ timeout });
  const isInside = box !== null && x >= 0 && y >= 0 && x < box.width && y < box.height;
  return isInside ? { x, y } : undefined;
}

/** The two buttons that Playwright's mouse does not have. https://chromedevtools.github.io/devtools-protocol/tot/Input/#type-MouseButton */
async function clickSideButton(place: Place, found: Found, button: "back" | "forward"): Promise<void> {
  await on(place, found, async (element, timeout) => {
    await element.scrollIntoViewIfNeeded({ timeout });
    const box = await element.boundingBox({ timeout });
    const { x, y, width, height } = box ?? { x: 0, y: 0, width: 0, height: 0 };
    const cdp = await place.page.context().newCDPSession(place.page);
    const at = { x: x + width / 2, y: y + height / 2, button, clickCount: 1 };
    await cdp.send("Input.dispatchMouseEvent", { ...at, type: "mousePressed" });
    await cdp.send("Input.dispatchMouseEvent", { ...at, type: "mouseReleased" });
    await cdp.detach();
  });
}
