const QUOTE = 34;
const BACKSLASH = 92;

/** The index of the first byte at or after `i` that is no JSON white space. */
export function skipSpace(bytes: Uint8Array, i: number, end: number): number {
  let at = i;
  while (at < end && (bytes[at] === 32 || bytes[at] === 10 || bytes[at] === 13 || bytes[at] === 9)) at++;
  return at;
}

/** The index behind the string whose opening quote is at `i`; -1 when it does not end before `end`. */
export function skipString(bytes: Buffer, i: number, end: number): number {
  let at = i + 1;
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote < 0 || quote >= end) return -1;
    let slashes = 0;
    for (let k = quote - 1; k > i && bytes[k] === BACKSLASH; k--) slashes++;
    if ((slashes & 1) === 0) return quote + 1;
    at = quote + 1;
  }
}

/** The index behind the JSON value that starts at `i`; -1 when it does not end before `end`. Braces are counted, the inside is not checked. */
export function skipValue(bytes: Buffer, i: number, end: number): number {
  const first = bytes[i];
  if (first === QUOTE) return skipString(bytes, i, end);
  if (first !== 123 && first !== 91) return skipScalar(bytes, i, end);
  let depth = 0;
  let at = i;
  while (at < end) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = skipString(bytes, at, end);
      if (at < 0) return -1;
      continue;
    }
    if (byte === 123 || byte === 91) depth++;
    else if (byte === 125 || byte === 93) {
      depth--;
      if (depth === 0) return at + 1;
    }
    at++;
  }
  return -1;
}

function skipScalar(bytes: Uint8Array, i: number, end: number): number {
  let at = i;
  while (at < end && bytes[at] !== 44 && bytes[at] !== 125 && bytes[at] !== 93 && bytes[at] > 32) at++;
  return at === i ? -1 : at;
}
