/**
 * A number that AWS does not compare: its digits do not survive as a double (more than about 17 of them, or beyond 1.8e308). It equals only
 * a number of the same spelling, and no range holds it.
 */
export class InexactNumber {
  readonly spelling: string;

  constructor(spelling: string) {
    this.spelling = spelling;
  }
}

/** What a pattern's value can be held against: the leaves of a JSON event. A number that AWS compares is a double. */
export type Scalar = string | number | boolean | null | InexactNumber;

/** The number that a JSON number's spelling stands for, or InexactNumber where the double is not exactly it, to the digits that a double is written with. */
export function numberFrom(spelling: string): number | InexactNumber {
  const value = Number(spelling);
  if (!Number.isFinite(value)) return new InexactNumber(spelling);
  if (Number.isSafeInteger(value) && String(value) === spelling) return value;
  const shortest = significant(String(value));
  // Java writes at least two digits, which next to zero differ from one: 4.9E-324, not 5E-324.
  const written = /^-?\de/.test(shortest) ? significant(value.toExponential(1)) : shortest;
  return significant(spelling) === written ? value : new InexactNumber(spelling);
}

/** A decimal without its notation: digits without zeros at either end, and the power of ten they are multiplied by. */
function significant(decimal: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(decimal) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const kept = digits.replace(/0+$/, "");
  if (kept === "") return "0";
  return `${sign}${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`;
}
