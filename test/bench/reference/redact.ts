/** Which secrets are looked for in messages of a class. */
interface Rules {
  readonly email: boolean;
  readonly keyIds: boolean;
}

// By `redact.except` and `redact.keepIdentities` of the default configuration.
const RULES: Readonly<Record<string, Rules | undefined>> = {
  "aws.vpcflow": undefined,
  "aws.cloudtrail": { email: false, keyIds: false },
};
const ALL: Rules = { email: true, keyIds: true };

const EMAIL = /[A-Za-z0-9._%+-]+(?:@|%40)[A-Za-z0-9.-]*[A-Za-z0-9]/g;
const DOMAIN = /(?:@|%40)[^.]+(?:\.[^.]*)*\.[A-Za-z][A-Za-z0-9-]+$/;
const KEY_ID = /(A[KS]IA)[A-Z0-9]{12}([A-Z0-9]{4})/g;
const JWT = /eyJ[A-Za-z0-9_=-]*\.[A-Za-z0-9_=-]*\.[A-Za-z0-9_.=-]*/g;
const CREDENTIALS = /(?<![A-Za-z0-9])((?:bearer|basic) +)([A-Za-z0-9+/_.~=-]{8,})/gi;
// Digits that are not part of a longer number, of a fraction, or of a word that is hexadecimal with letters in it.
const CARD = /(?<!\d|\d\.)\d{13,19}(?!\d|\.\d)/g;
const GROUPED_CARD = /(?<![A-Za-z0-9])\d{4}([ -])(?:\d{4}\1\d{4}\1\d{1,4}|\d{6}\1\d{4,5})(?!\d)/g;
const NAMED =
  /(?<name>[A-Za-z0-9_-]*(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|secret[_-]?key|session[_-]?key|signing[_-]?key|authorization|credentials?|cookie))"?\s*[:=]\s*(?:"(?<quoted>[^"\\]*)"|(?<bare>[^\s",;&{}[\]()<>|]+))/gi;
const HARMLESS = /(?:next|previous|continuation|pagination|page|idempotency|client|clientrequest)[_-]?token$/i;
const NOT_SECRET = /^(?:null|true|false|none|nil|undefined|\*+|)$/i;
const WRITTEN = /^.[a-z]*$/i;

/** Masks the secrets in a message, each character by `*`: the rules of docs/configuration, as regular expressions. */
export function redact(message: string, dataset: string): string {
  const rules = dataset in RULES ? RULES[dataset] : ALL;
  if (rules === undefined) return message;
  let text = message;
  if (rules.email) text = text.replace(EMAIL, (found) => (DOMAIN.test(found) ? stars(found) : found));
  if (rules.keyIds) text = text.replace(KEY_ID, (_, first: string, last: string) => `${first}${"*".repeat(12)}${last}`);
  text = text.replace(JWT, stars);
  text = text.replace(CREDENTIALS, (found, scheme: string, value: string) =>
    /[\W\d_]|.[A-Z]/.test(value) ? scheme + stars(value) : found,
  );
  text = text.replace(CARD, (found, at: number) =>
    isCard(found) && !isInHash(text, at, at + found.length) ? stars(found) : found,
  );
  text = text.replace(GROUPED_CARD, (found) => (isCard(found.replace(/\D/g, "")) ? stars(found) : found));
  return text.replace(NAMED, maskNamed);
}

function maskNamed(found: string, ...match: unknown[]): string {
  const { name, quoted, bare } = match.at(-1) as Record<"name" | "quoted" | "bare", string | undefined>;
  const value = quoted ?? bare ?? "";
  if (HARMLESS.test(name ?? "") || NOT_SECRET.test(value)) return found;
  // A word after "secret:" is prose; a value has digits, signs or capitals.
  if (bare !== undefined && found.includes(":") && WRITTEN.test(value)) return found;
  const at = found.lastIndexOf(value);
  return found.slice(0, at) + stars(value) + found.slice(at + value.length);
}

function stars(text: string): string {
  return "*".repeat(text.length);
}

// Beginnings that issuers use, by the number of digits; from the list that Wikipedia keeps.
// https://en.wikipedia.org/wiki/Payment_card_number#Issuer_identification_number_(IIN)
const ISSUERS: readonly (readonly [beginning: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [13, 16, 18, 19]],
  [/^5[1-5]/, [16]],
  [/^(?:222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:30[0-5]|3[89])/, [14, 16, 17, 18, 19]],
  [/^36/, [14, 15, 16, 17, 18, 19]],
  [/^(?:352[89]|35[3-8])/, [16, 17, 18, 19]],
  [/^(?:6011|64[4-9]|65)/, [16, 17, 18, 19]],
  [/^(?:60|81|82)/, [16]],
  [/^(?:62|220[0-4])/, [16, 17, 18, 19]],
  [/^(?:50|5[6-8]|6304|6759|676[0-3])/, [13, 14, 15, 16, 17, 18, 19]],
];

function isCard(digits: string): boolean {
  return (
    ISSUERS.some(([beginning, lengths]) => lengths.includes(digits.length) && beginning.test(digits)) && luhn(digits)
  );
}

function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** Whether the word around [from, to) is hexadecimal and has letters. */
function isInHash(text: string, from: number, to: number): boolean {
  const before = /[A-Za-z0-9]*$/.exec(text.slice(Math.max(0, from - 64), from))?.[0] ?? "";
  const behind = /^[A-Za-z0-9]*/.exec(text.slice(to, to + 64))?.[0] ?? "";
  const rest = before + behind;
  return /^[a-f\d]*[a-f][a-f\d]*$/i.test(rest);
}
