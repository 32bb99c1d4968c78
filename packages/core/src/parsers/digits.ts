const ZEROS = 0x30303030;

/** Four bytes of text as the values of their digits, the first lowest; what is no digit is more than 9. */
export function digitsOf(word: number): number {
  return word ^ ZEROS;
}

/** How many of four bytes (as `digitsOf` gives them) stand before the first that is no digit; -1 when all are digits. */
export function leadingDigits(digits: number): number {
  // A byte above 9 gets its top bit; one that carries into the next had it before.
  const others = (digits | (digits + 0x76767676)) & 0x80808080;
  return (31 - Math.clz32(others & -others)) >> 3;
}

/** The number that the first one to three digits are; 0 for none. */
export function shortNumber(digits: number, count: number): number {
  const last = count === 0 ? 0 : digits << (32 - 8 * count);
  return (last >>> 24) + ((last >>> 16) & 255) * 10 + ((last >>> 8) & 255) * 100;
}

/** The number that four digits are. */
export function fourDigitNumber(digits: number): number {
  return (digits & 255) * 1000 + ((digits >>> 8) & 255) * 100 + ((digits >>> 16) & 255) * 10 + (digits >>> 24);
}

/** The position after the digits from `from` on, at most `to`. The view has four readable bytes behind `to`. */
export function endOfDigits(view: DataView, from: number, to: number): number {
  for (let i = from; i < to; i += 4) {
    const count = leadingDigits(digitsOf(view.getInt32(i, true)));
    if (count >= 0) return Math.min(to, i + count);
  }
  return to;
}
