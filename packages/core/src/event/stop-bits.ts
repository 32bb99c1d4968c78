/**
 * Not 0 when one of four bytes is a control character, a quote or a backslash; the lowest bit set is the top bit of the first of them (the `hasless` and
 * `haszero` tests of Bit Twiddling Hacks).
 */
export function stopBits(word: number): number {
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  const low = (word - 0x20202020) & ~word;
  return (low | ((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash)) & 0x80808080;
}
