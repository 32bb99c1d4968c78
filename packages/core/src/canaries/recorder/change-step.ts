import type { Locator } from "playwright-core";
import { doOn } from "../page-actions.ts";
import { findElement, type Place } from "./find-element.ts";
import type { StepOf } from "./recording.ts";

/** Gives a field its value, as a person would: types it, chooses it, or sets it where there is nothing to type. `${secret:…}` in it is filled in, and covered in pictures. */
export async function changeStep(place: Place, recorded: StepOf<"change">): Promise<void> {
  const { context, session, timeoutMs } = place;
  const { element, selector } = await findElement(place, recorded.selectors);
  const value = await context.fill(recorded.value);
  if (recorded.value.includes("${secret:")) session.conceal(element);
  await doOn(context, session, element, {
    name: selector,
    timeoutMs,
    act: (field, timeout) => giveValue(field, value, timeout),
  });
}

async function giveValue(field: Locator, value: string, timeout: number): Promise<void> {
  // In the page: a field's tag, and the type of an input.
  const kind = await field.evaluate(
    (node: { tagName: string; type?: string }) => (node.tagName === "INPUT" ? node.type : node.tagName),
    undefined,
    { timeout },
  );
  switch (kind) {
    case "SELECT":
      await field.selectOption(value, { timeout });
      return;
    case "checkbox":
    case "radio":
      await field.setChecked(value === "true" || value === "on", { timeout });
      return;
    case "file":
    case "image":
    case "button":
    case "submit":
    case "hidden":
      return setValue(field, value, timeout);
    case "color":
      // A colour is written in small letters, or not taken.
      await field.fill(value.toLowerCase(), { timeout });
      return;
    default:
      await field.fill(value, { timeout });
  }
}

/** Sets what cannot be typed, and says so to the page. */
async function setValue(field: Locator, value: string, timeout: number): Promise<void> {
  await field.evaluate(
    (node: { value: string; dispatchEvent(event: Event): void }, wanted) => {
      node.value = wanted;
      for (const type of ["input", "change"]) node.dispatchEvent(new Event(type, { bubbles: true }));
    },
    value,
    { timeout },
  );
}
