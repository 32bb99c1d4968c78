import { hash } from "node:crypto";

/** Four 32-bit words: SHA-256 of a stream's identity, cut to 128 bits. */
export type IdSeed = Int32Array;

/** Length in bytes of a record's id: 128 bits as lower-case hexadecimal. */
export const ID_LENGTH = 32;

/** Seeds that are kept from run to run, since streams come again: some hundred kilobytes. */
const MAX_KEPT_SEEDS = 2048;
const seeds = new Map<string, IdSeed>();

/** The seed for all ids of one stream or object, not to be changed; parts are length-prefixed, so ("ab","c") and ("a","bc") differ. */
export function idSeed(parts: readonly string[]): IdSeed {
  let text = "";
  for (const part of parts) text += `${Buffer.byteLength(part)}:${part}`;
  let seed = seeds.get(text);
  if (seed === undefined) {
    const digest = hash("sha256", text, "buffer");
    seed = Int32Array.from([0, 4, 8, 12], (at) => digest.readInt32LE(at));
    if (seeds.size >= MAX_KEPT_SEEDS) seeds.clear();
    seeds.set(text, seed);
  }
  return seed;
}

const HEX = new Uint16Array(256);
for (let i = 0; i < 256; i++) {
  const text = i.toString(16).padStart(2, "0");
  HEX[i] = text.charCodeAt(0) | (text.charCodeAt(1) << 8);
}

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
const finish = (x: number): number => {
  let h = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
};

const C1 = 0x239b961b;
const C2 = 0xab0e9789 | 0;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93 | 0;

/**
 * Writes the id of one record: MurmurHash3 x86_128 of the key bytes [from, to), with the stream's SHA-256 words as its state,
 * in hexadecimal at `out[at..at+32)`. The key is CloudWatch's event id or the decimal offset in an object, so it needs no
 * cryptographic strength: nobody outside AWS chooses it.
 * https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */
export function writeId(seed: IdSeed, key: DataView, from: number, to: number, out: DataView, at: number): void {
  let h1 = seed[0];
  let h2 = seed[1];
  let h3 = seed[2];
  let h4 = seed[3];
  const length = to - from;
  let i = from;
  for (; i + 16 <= to; i += 16) {
    h1 ^= Math.imul(rotate(Math.imul(key.getInt32(i, true), C1), 15), C2);
    h1 = (Math.imul(rotate(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(key.getInt32(i + 4, true), C2), 16), C3);
    h2 = (Math.imul(rotate(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(key.getInt32(i + 8, true), C3), 17), C4);
    h3 = (Math.imul(rotate(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(key.getInt32(i + 12, true), C4), 18), C1);
    h4 = (Math.imul(rotate(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  if (i < to) {
    h4 ^= Math.imul(rotate(Math.imul(tail(key, i + 12, to), C4), 18), C1);
    h3 ^= Math.imul(rotate(Math.imul(tail(key, i + 8, to), C3), 17), C4);
    h2 ^= Math.imul(rotate(Math.imul(tail(key, i + 4, to), C2), 16), C3);
    h1 ^= Math.imul(rotate(Math.imul(tail(key, i, to), C1), 15), C2);
  }
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finish(h1);
  h2 = finish(h2);
  h3 = finish(h3);
  h4 = finish(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  writeHex(out, at, h1);
  writeHex(out, at + 8, (h2 + h1) | 0);
  writeHex(out, at + 16, (h3 + h1) | 0);
  writeHex(out, at + 24, (h4 + h1) | 0);
}

function tail(key: DataView, i: number, to: number): number {
  if (i + 4 <= to) return key.getInt32(i, true);
  let value = 0;
  for (let k = Math.min(i + 4, to) - 1; k >= i; k--) value = (value << 8) | key.getUint8(k);
  return value;
}

function writeHex(out: DataView, at: number, value: number): void {
  out.setInt32(at, HEX[value >>> 24] | (HEX[(value >>> 16) & 255] << 16), true);
  out.setInt32(at + 4, HEX[(value >>> 8) & 255] | (HEX[value & 255] << 16), true);
}

/** The key of an id that is made of text of our own: a sequence number, an offset. */
export function keyOf(text: string): DataView {
  const bytes = Buffer.from(text);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The id of a record as text, for callers off the hot path (tools, tests, `explain`). */
export function idText(seed: IdSeed, key: string): string {
  const out = Buffer.alloc(ID_LENGTH);
  const view = keyOf(key);
  writeId(seed, view, 0, view.byteLength, new DataView(out.buffer, out.byteOffset, out.length), 0);
  return out.toString("latin1");
}
