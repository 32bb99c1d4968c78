import { grown } from "./grown.ts";

const INITIAL = 16_384;

/** Stands for the first place of a text whose places were not noted. */
export const NO_MARKS = -1;

/** Behind the last place of a text: no text ends there. */
const END = 2 ** 31 - 1;

/**
 * Where in their payload texts have quotes, backslashes and control characters: all that a reader of JSON has to look at inside of strings. Who undoes a text's
 * escapes meets each of them, so that a parser need not look for them again. Places ascend within a text, and END follows the last.
 */
export class TextMarks {
  places = new Int32Array(INITIAL);
  count = 0;

  /**
   * Ends a text whose places were written from `count` on and end before `end`. False when they are more than there was room for: those beyond are lost, the
   * text counts as not noted, and there is room for such a one from now on.
   */
  endText(end: number): boolean {
    if (end >= this.places.length) {
      while (end >= this.places.length) this.places = grown(this.places);
      return false;
    }
    this.places[end] = END;
    this.count = end + 1;
    return true;
  }
}
