/** What the name of a value says about it: nothing, a secret, a token (which may be a harmless one), HTTP credentials, some key. */
export const NameKind = { none: 0, secret: 1, token: 2, authorization: 3, key: 4 } as const;
export type NameKind = (typeof NameKind)[keyof typeof NameKind];

/** Endings of names, the longer of two first. Case, `_` and `-` do not count: api_key, apiKey, API-KEY. */
const NAMES: readonly (readonly [ending: string, kind: NameKind])[] = [
  ["password", NameKind.secret],
  ["passwd", NameKind.secret],
  ["pwd", NameKind.secret],
  ["passphrase", NameKind.secret],
  ["secret", NameKind.secret],
  ["token", NameKind.token],
  ["authorization", NameKind.authorization],
  ["cookie", NameKind.secret],
  ["credential", NameKind.secret],
  ["credentials", NameKind.secret],
  ["apikey", NameKind.secret],
  ["accesskey", NameKind.secret],
  ["privatekey", NameKind.secret],
  ["secretkey", NameKind.secret],
  ["sessionkey", NameKind.secret],
  ["signingkey", NameKind.secret],
  ["key", NameKind.key],
];

/** Tokens that are no secret: they say where a list goes on, or keep a request from being done twice. */
const HARMLESS_TOKENS = [
  "next",
  "previous",
  "page",
  "pagination",
  "continuation",
  "idempotency",
  "client",
  "clientrequest",
];

const UNDERSCORE = 95;
const DASH = 45;

/** By the low five bits of a name's last two letters: the names that end with them. Says no to nearly all other names at once. */
const BY_LAST_TWO: (typeof NAMES)[] = Array.from({ length: 1024 }, () => []);
for (const entry of NAMES) {
  const [ending] = entry;
  const at = lastTwo(ending.charCodeAt(ending.length - 2), ending.charCodeAt(ending.length - 1));
  BY_LAST_TWO[at] = [...BY_LAST_TWO[at], entry];
}
const LIKELY = Uint8Array.from(BY_LAST_TWO, (names) => Math.min(1, names.length));

function lastTwo(beforeLast: number, last: number): number {
  return ((beforeLast & 31) << 5) | (last & 31);
}

/** Whether a name with these two last bytes may be one of a secret: the quick look before the others here. */
export function endsLikeSecret(beforeLast: number, last: number): boolean {
  return LIKELY[lastTwo(beforeLast, last)] !== 0;
}

/** The last letters of secrets' names, lower case. */
export const LAST_LETTERS: string = [...new Set(NAMES.map(([ending]) => ending.slice(-1)))].join("");

/** What the name that ends before `to` says; it may begin with other words (`db_password`). Nothing before `from` is read. */
export function nameKind(bytes: Uint8Array, from: number, to: number): NameKind {
  const names = BY_LAST_TWO[lastTwo(bytes[to - 2], bytes[to - 1])];
  for (let i = 0; i < names.length; i++) {
    const start = startOf(names[i][0], bytes, from, to);
    if (start < 0) continue;
    const kind = names[i][1];
    return kind === NameKind.token && endsHarmless(bytes, from, start) ? NameKind.none : kind;
  }
  return NameKind.none;
}

/** Whether the words before `token` end with one that makes it harmless. */
function endsHarmless(bytes: Uint8Array, from: number, to: number): boolean {
  for (const word of HARMLESS_TOKENS) if (startOf(word, bytes, from, to) >= 0) return true;
  return false;
}

/** Whether the value of the key [from, to) is a secret: `masterUserPassword`, `X-Api-Key`, `sessionToken`, and not `tokenType`, `accessKeyId`, `nextToken`. */
export function namesSecret(bytes: Uint8Array, from: number, to: number): boolean {
  const kind = nameKind(bytes, from, to);
  return kind !== NameKind.none && kind !== NameKind.key;
}

/** Where the bytes before `to` begin to spell the word, -1 when they do not. */
function startOf(word: string, bytes: Uint8Array, from: number, to: number): number {
  let at = to;
  for (let i = word.length - 1; i >= 0; i--) {
    at--;
    while (at >= from && (bytes[at] === UNDERSCORE || bytes[at] === DASH)) at--;
    if (at < from || (bytes[at] | 32) !== word.charCodeAt(i)) return -1;
  }
  return at;
}
