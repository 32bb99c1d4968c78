const ELLIPSIS = "…";

/** The text, or its beginning with an ellipsis, in at most so many UTF-16 units; no character is cut through. */
export function cut(text: string, maxLength: number): string {
  return cutEscaped(text, maxLength, (character) => character);
}

/** Escapes each character, in at most so many UTF-16 units of the outcome; what `escapeOne` gives for one is never cut through. */
export function cutEscaped(text: string, maxLength: number, escapeOne: (character: string) => string): string {
  let whole = "";
  // The outcome as far as an ellipsis would still follow it.
  let shortened = "";
  for (const character of text) {
    const next = whole + escapeOne(character);
    if (next.length > maxLength) return shortened + ELLIPSIS;
    whole = next;
    if (whole.length <= maxLength - ELLIPSIS.length) shortened = whole;
  }
  return whole;
}

/** The text in one line, without control characters. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}

/** How many bytes a value takes as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value), "utf8");
}

/**
 * The first of the shapes that `make` gives for ever fewer items that is small enough; with none of the items where nothing is. The items that matter most
 * come first.
 */
export function mostThatFit<Item, Shape>(
  items: readonly Item[],
  make: (kept: readonly Item[], leftOut: number) => Shape,
  fits: (shape: Shape) => boolean,
): Shape {
  for (let kept = items.length; kept > 0; kept--) {
    const shape = make(items.slice(0, kept), items.length - kept);
    if (fits(shape)) return shape;
  }
  return make([], items.length);
}
