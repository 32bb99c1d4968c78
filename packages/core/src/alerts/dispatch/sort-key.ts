import { createHash } from "node:crypto";

// So many digits that the order of texts is that of the numbers.
const DIGITS = 15;
const MOST = 10 ** DIGITS - 1;

/** A whole number from 0 as a part of a sort key, in the order of the numbers. */
export function ascending(whole: number): string {
  return String(whole).padStart(DIGITS, "0");
}

/** The same with the largest number first. */
export function descending(whole: number): string {
  return ascending(MOST - whole);
}

/** A text as a part of a key, which has a limit that texts of others may exceed: the SHA-256 of it in hexadecimal. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Comes after every sort key that begins with what it is appended to. */
export const LAST = "~";
