const UNDERSCORE = 95;
const HYPHEN = 45;
const LOWER = 32;

/** Endings of keys whose value is a secret, without `_` and `-`. */
const SECRETS = [
  "password",
  "passwd",
  "pwd",
  "passphrase",
  "secret",
  "token",
  "apikey",
  "accesskey",
  "privatekey",
  "secretkey",
  "sessionkey",
  "signingkey",
  "authorization",
  "credential",
  "credentials",
  "cookie",
];

/** Endings of keys that look like one of those and are not: pages of a listing, and guards against doing a thing twice. */
const HARMLESS = [
  "nexttoken",
  "previoustoken",
  "continuationtoken",
  "paginationtoken",
  "pagetoken",
  "idempotencytoken",
];

const HARMLESS_ENDS = HARMLESS.map((word) => Buffer.from(word).reverse());

/** By the last letter and the one before it, five bits each: the secrets' names that end so. Most keys need no further look. */
const BY_LAST_TWO: (readonly Uint8Array[] | undefined)[] = new Array(1024).fill(undefined);
for (const end of SECRETS.map((word) => Buffer.from(word).reverse())) {
  const cell = lastTwo(end[1], end[0]);
  BY_LAST_TWO[cell] = [...(BY_LAST_TWO[cell] ?? []), end];
}

function lastTwo(beforeLast: number, last: number): number {
  return ((last & 31) << 5) | (beforeLast & 31);
}

const LIKELY = Uint8Array.from(BY_LAST_TWO, (ends) => (ends === undefined ? 0 : 1));

/** Whether a key that ends in these two bytes may name a secret: the quick look before `namesSecret`. */
export function endsLikeSecret(beforeLast: number, last: number): boolean {
  return LIKELY[lastTwo(beforeLast, last)] === 1;
}

/**
 * Whether a key, in any spelling of case, `_` and `-`, names a secret by its ending: `masterUserPassword`, `X-Api-Key`, `sessionToken`,
 * and not `tokenType`, `accessKeyId`, `nextToken`.
 */
export function namesSecret(bytes: Uint8Array, from: number, to: number): boolean {
  const candidates = BY_LAST_TWO[lastTwo(bytes[to - 2], bytes[to - 1])];
  return (
    candidates !== undefined && endsWithOne(bytes, from, to, candidates) && !endsWithOne(bytes, from, to, HARMLESS_ENDS)
  );
}

function endsWithOne(bytes: Uint8Array, from: number, to: number, ends: readonly Uint8Array[]): boolean {
  for (const end of ends) if (endsWith(bytes, from, to, end)) return true;
  return false;
}

function endsWith(bytes: Uint8Array, from: number, to: number, reversed: Uint8Array): boolean {
  let matched = 0;
  for (let i = to - 1; i >= from && matched < reversed.length; i--) {
    const byte = bytes[i];
    if (byte === UNDERSCORE || byte === HYPHEN) continue;
    if ((byte | LOWER) !== reversed[matched]) return false;
    matched++;
  }
  return matched === reversed.length;
}
