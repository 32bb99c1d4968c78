const QUOTE = 34;
const COLON = 58;

/** Four bytes of text as a little-endian word. */
const word = (text: string): number => Buffer.from(text, "latin1").readInt32LE();

// {"id":"<56 digits>","timestamp":<13 digits>,"message":"
const ID_KEY = word('{"id');
const ID_KEY_END = word('d":"');
const TIME_KEY = ['","t', "imes", "tamp"].map(word);
const MESSAGE_KEY = [',"me', "ssag", 'e":"'].map(word);

/** Digits of an event id and of a time, as CloudWatch writes them. */
export const ID_DIGITS = 56;
const TIME_DIGITS = 13;
/** Where the id stands behind the event's brace, and how far before the message the time. */
export const USUAL_ID = 7;
export const USUAL_TIME_BEFORE = TIME_DIGITS + 12;

const USUAL_TIME = USUAL_ID + ID_DIGITS + 14;
const USUAL_MESSAGE = USUAL_TIME + TIME_DIGITS + 12;

/**
 * Where the message of an event at `start` begins when the event is written as CloudWatch writes it: id of 56 digits, time of 13 and message, in
 * this order, without blanks. -1 when it is written otherwise. The view has slack behind `end`.
 */
export function usualMessage(view: DataView, start: number, end: number): number {
  const message = start + USUAL_MESSAGE;
  const time = start + USUAL_TIME;
  if (message >= end) return -1;
  if (view.getInt32(start, true) !== ID_KEY || view.getInt32(start + 3, true) !== ID_KEY_END) return -1;
  for (let i = 0; i < TIME_KEY.length; i++) if (view.getInt32(time - 14 + 4 * i, true) !== TIME_KEY[i]) return -1;
  if (view.getUint8(time - 2) !== QUOTE || view.getUint8(time - 1) !== COLON) return -1;
  for (let i = 0; i < MESSAGE_KEY.length; i++) {
    if (view.getInt32(message - 12 + 4 * i, true) !== MESSAGE_KEY[i]) return -1;
  }
  return message;
}

// Nearer than this a look at each byte costs less than a call of the engine's own search.
const NEAR_BYTES = 64;

/** The place of the first quote at or after `from`, before `backslash`; -1 when there is none. */
export function closingQuote(bytes: Buffer, from: number, backslash: number): number {
  if (backslash - from >= NEAR_BYTES) {
    const close = bytes.indexOf(QUOTE, from);
    return close < backslash ? close : -1;
  }
  for (let i = from; i < backslash; i++) if (bytes[i] === QUOTE) return i;
  return -1;
}

/** The time in the TIME_DIGITS bytes from `from`; NaN when there is anything but digits. Four digits in one step. */
export function usualTime(view: DataView, from: number): number {
  const first = fourDigits(view.getInt32(from, true));
  const second = fourDigits(view.getInt32(from + 4, true));
  const third = fourDigits(view.getInt32(from + 8, true));
  const last = view.getUint8(from + TIME_DIGITS - 1) - 48;
  if ((first | second | third | last) < 0 || last > 9) return Number.NaN;
  return (first * 10_000 + second) * 100_000 + third * 10 + last;
}

/** The number that the four bytes of a word write in decimal, its lowest byte first; negative when there is anything but digits. */
function fourDigits(word: number): number {
  const digits = word ^ 0x30303030;
  // A byte beyond 9 gets its top bit by the sum, unless it has it.
  if (((digits | (digits + 0x76767676)) & 0x80808080) !== 0) return -1;
  return (digits & 15) * 1000 + ((digits >> 8) & 15) * 100 + ((digits >> 16) & 15) * 10 + (digits >> 24);
}

/** The non-negative integer in bytes [from, to); NaN when there is anything but digits. */
export function integer(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = bytes[i] - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return to > from ? value : Number.NaN;
}

/** Bytes of one step of `holdsControlByte`. */
const STEP = 16;

/** True when a byte below 0x20 stands in the bytes; sixteen bytes are looked at in one step (the `hasless` trick of Bit Twiddling Hacks). */
export function holdsControlByte(bytes: Buffer, view: DataView): boolean {
  const whole = bytes.length - (bytes.length % STEP);
  for (let i = 0; i < whole; i += STEP) {
    const a = view.getInt32(i, true);
    const b = view.getInt32(i + 4, true);
    const c = view.getInt32(i + 8, true);
    const d = view.getInt32(i + 12, true);
    const below = ((a - 0x20202020) & ~a) | ((b - 0x20202020) & ~b) | ((c - 0x20202020) & ~c) | ((d - 0x20202020) & ~d);
    if ((below & 0x80808080) !== 0) return true;
  }
  for (let i = whole; i < bytes.length; i++) if (bytes[i] < 32) return true;
  return false;
}

/** True when bytes [from, to), or some of the three behind them, are control characters, or perhaps when they are beyond ASCII. */
export function holdsUnusual(view: DataView, from: number, to: number): boolean {
  let unusual = 0;
  for (let i = from; i < to; i += 4) unusual |= view.getInt32(i, true) - 0x20202020;
  return (unusual & 0x80808080) !== 0;
}
