import type { CommonCanary } from "../config/canaries/common.ts";
import { namesSecret } from "../event/secret-names.ts";

/** What stands in place of a secret; AWS's canaries write the same. */
export const REDACTED = "REDACTED";

/** Masks what must not be seen, in all that leaves a run. */
export interface Redaction {
  /** Masks a value from now on, in all forms in which it may be written. Values of less than three characters would mask half of every text, and are not. */
  add(value: string): void;
  text(text: string): string;
  /** The URL with its user, password and secret parameters masked. */
  url(url: string): string;
  /** A header's value, or that it is masked. */
  header(name: string, value: string): string;
  /** A copy of plain JSON, all its texts masked: `{name, value}` pairs (as in a HAR) and members by their names too. */
  json(value: unknown): unknown;
}

const MIN_SECRET_LENGTH = 3;

// In URLs and headers these are secrets, too; as members of JSON (`code: "ENOTFOUND"`) they are mostly harmless.
const MORE_NAMES =
  /^(auth|jwt|sid|session(id)?|otp|pin|sig|signature|x-amz-signature|x-amz-credential|code|assertion)$/i;

const URL_IN_TEXT = /\b(?:https?|wss?):\/\/[^\s"'<>\\`)\]}]+/gi;
const BEARER = /\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/g;
// `Authorization: …` of a log or an error, up to the end of its line or text.
const HEADER_IN_TEXT =
  /\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key|x-amz-security-token)(["']?\s*[:=]\s*["']?)([^"'\r\n]+)/gi;

/** Makes the redaction of a run; secrets become known to it as they are read. */
export function createRedaction(settings: CommonCanary["redact"]): Redaction {
  const forms = new Set<string>();
  let pattern: RegExp | undefined;
  const hidesHeader = hides(settings.headers);
  const hidesParameter = hides(settings.urlParameters);

  const values = (text: string) => (pattern === undefined ? text : text.replace(pattern, REDACTED));
  const url = (text: string) => values(maskUrl(text, hidesParameter));
  const text = (given: string) => {
    const masked = given.replace(URL_IN_TEXT, (found) => maskUrl(found, hidesParameter));
    return values(masked.replace(HEADER_IN_TEXT, `$1$2${REDACTED}`).replace(BEARER, `$1 ${REDACTED}`));
  };
  const header = (name: string, value: string) => (hidesHeader(name) ? REDACTED : text(value));
  const json = (value: unknown, name = ""): unknown => {
    if (typeof value === "string") return isSecretName(name) ? REDACTED : text(value);
    if (Array.isArray(value)) return value.map((item) => json(item, name));
    if (typeof value !== "object" || value === null) return value;
    if (isPair(value)) return maskPair(value, name, { hidesHeader, hidesParameter, text });
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        text(key),
        key === "url" && typeof member === "string" ? url(member) : json(member, key),
      ]),
    );
  };
  return {
    text,
    url,
    header,
    json: (value) => json(value),
    add: (value) => {
      if (value.length < MIN_SECRET_LENGTH) return;
      for (const form of formsOf(value)) forms.add(form);
      const longestFirst = [...forms].sort((a, b) => b.length - a.length);
      pattern = new RegExp(longestFirst.map(escaped).join("|"), "g");
    },
  };
}

/** The ways in which a value may stand in a text: as it is, in a URL, in a form, in JSON, in JSON within JSON, in HTML, in base64 and in hexadecimal digits. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const inJson = JSON.stringify(value).slice(1, -1);
  const forms = [
    value,
    value.trim(),
    encoded(value),
    encoded(value).replaceAll("%20", "+"),
    new URLSearchParams([["", value]]).toString().slice(1),
    inJson,
    JSON.stringify(inJson).slice(1, -1),
    value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
    value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
    bytes.toString("base64"),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("base64url"),
    bytes.toString("hex"),
  ];
  return forms.filter((form) => form.length >= MIN_SECRET_LENGTH);
}

/** As encodeURIComponent, which raises for half of a surrogate pair. */
function encoded(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

function hides(names: readonly string[]): (name: string) => boolean {
  const listed = new Set(names.map((name) => name.toLowerCase()));
  return (name) => listed.has("*") || listed.has(name.toLowerCase()) || MORE_NAMES.test(name) || isSecretName(name);
}

function isSecretName(name: string): boolean {
  const bytes = Buffer.from(name);
  return namesSecret(bytes, 0, bytes.length);
}

/** Masks within the text, so that all else of the URL stays as it was written. A password may hold an @: the last one ends it. */
function maskUrl(url: string, hidesParameter: (name: string) => boolean): string {
  const withoutUser = url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#\s]*@/i, `$1${REDACTED}@`);
  return withoutUser.replaceAll(/([?&#;])([^=&#;?]+)=([^&#;]*)/g, (whole, mark: string, name: string) =>
    hidesParameter(decoded(name)) ? `${mark}${name}=${REDACTED}` : whole,
  );
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll("+", " "));
  } catch {
    // No valid encoding: then it stands for itself.
    return name;
  }
}

interface Pair {
  readonly name: string;
  readonly value: string;
}

function isPair(value: object): value is Pair {
  const { name, value: content } = value as Partial<Pair>;
  return typeof name === "string" && typeof content === "string";
}

interface PairRules {
  readonly hidesHeader: (name: string) => boolean;
  readonly hidesParameter: (name: string) => boolean;
  readonly text: (text: string) => string;
}

/** A header, a parameter or a cookie of a HAR, by the list that it is in; cookies are all secret. http://www.softwareishard.com/blog/har-12-spec/ */
function maskPair(pair: Pair, list: string, rules: PairRules): object {
  const isHidden =
    list === "cookies" || (list === "headers" ? rules.hidesHeader(pair.name) : rules.hidesParameter(pair.name));
  const rest = Object.entries(pair).map(([key, member]) => [
    key,
    typeof member === "string" ? rules.text(member) : member,
  ]);
  return { ...Object.fromEntries(rest), value: isHidden ? REDACTED : rules.text(pair.value) };
}
