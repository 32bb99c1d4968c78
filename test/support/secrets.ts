import fc from "fast-check";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS = "0123456789";
const BASE64URL = `${LETTERS}${CAPITALS}${DIGITS}-_`;

/** Texts of some length over an alphabet. */
function over(alphabet: string, minLength: number, maxLength = minLength): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });
}

const email = fc
  .tuple(over(`${LETTERS}${CAPITALS}${DIGITS}_+`, 1, 12), over(`${LETTERS}${DIGITS}`, 1, 10), over(LETTERS, 2, 6))
  .map(([local, host, top]) => `${local}@${host}.${top}`);

/** Beginnings and lengths that issuers use. */
const ISSUED: readonly [string, number][] = [
  ["4", 16],
  ["4", 13],
  ["4", 19],
  ["51", 16],
  ["2720", 16],
  ["34", 15],
  ["37", 15],
  ["3000", 14],
  ["36", 14],
  ["3528", 16],
  ["6011", 16],
  ["65", 16],
  ["62", 17],
  ["6759", 18],
];

/** Card numbers that pass the Luhn check, without separators. */
export const plainCard: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...ISSUED), over(DIGITS, 20))
  .map(([[prefix, length], digits]) => withCheckDigit(`${prefix}${digits}`.slice(0, length - 1)));

const card = fc
  .tuple(plainCard, fc.constantFrom("", " ", "-"))
  .map(([digits, separator]) => (digits.match(/\d{1,4}/g) ?? []).join(separator));

/** The number with the digit behind it that makes it pass the Luhn check. */
function withCheckDigit(digits: string): string {
  const check = [...DIGITS].find((digit) => passesLuhn(digits + digit));
  return `${digits}${check}`;
}

/** Whether digits pass the Luhn check, as it is described: from the right, every second digit doubled. */
export function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 1 : 2);
    return total + Math.floor(value / 10) + (value % 10);
  }, 0);
  return sum % 10 === 0;
}

const keyId = fc
  .tuple(fc.constantFrom("AKIA", "ASIA"), over(`${CAPITALS}234567`, 16))
  .map(([prefix, rest]) => `${prefix}${rest}`);

const secretKey = over(`${LETTERS}${CAPITALS}${DIGITS}+/`, 38).map((text) => `aZ${text}`);

const jwt = fc
  .tuple(over(BASE64URL, 12, 40), over(BASE64URL, 12, 40), over(BASE64URL, 20, 43))
  .map(([header, payload, signature]) => `eyJ${header}.eyJ${payload}.${signature}`);

/** A secret, and the text around it by which it is known; the secret alone must not be found afterwards. */
export interface Planted {
  readonly text: string;
  readonly secret: string;
}

const named = fc
  .tuple(
    fc.constantFrom("password=", "db_passwd=", "access_token=", "Client-Secret: ", "api_key = ", "PWD="),
    over(`${LETTERS}${CAPITALS}${DIGITS}!#$%*+-./:=?@^_~`, 6, 30),
  )
  .map(([name, value]) => ({ text: `${name}7${value}`, secret: `7${value}` }))
  // Stars alone are taken for masked already.
  .filter(({ secret }) => !/^\*+$/.test(secret));

/** Secrets of every kind. */
export const planted: fc.Arbitrary<Planted> = fc.oneof(
  email.map((text) => ({ text, secret: text })),
  card.map((text) => ({ text, secret: text })),
  keyId.map((text) => ({ text, secret: text })),
  jwt.map((text) => ({ text, secret: text })),
  secretKey.map((secret) => ({ text: `aws_secret_access_key=${secret}`, secret })),
  fc.tuple(keyId, secretKey).map(([id, secret]) => ({ text: `${id},${secret}`, secret })),
  over(BASE64URL, 16, 40).map((rest) => ({ text: `Authorization: Bearer 7${rest}`, secret: `7${rest}` })),
  over(BASE64URL, 16, 40).map((rest) => ({ text: `Bearer 7${rest}`, secret: `7${rest}` })),
  named,
);
