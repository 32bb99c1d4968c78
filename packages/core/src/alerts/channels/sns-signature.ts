import { createVerify, X509Certificate } from "node:crypto";
import type { Clock } from "../../platform/clock.ts";

/** Reads a certificate, PEM. The address has been checked; it may be kept for as long as one likes, since another certificate has another address. */
export type ReadCertificate = (url: URL, signal: AbortSignal) => Promise<string>;

export interface SnsVerification {
  /** The topics that may speak; whoever has an account can have AWS sign what he wants to say. */
  readonly topicArns: readonly string[];
  readonly readCertificate: ReadCertificate;
  readonly clock: Clock;
}

/** Why a message is not taken; undefined when it is. */
export type SnsRefusal =
  | "not a message of SNS"
  | "unknown topic"
  | "unknown certificate"
  | "outside its time"
  | "forged";

// SNS tries an HTTP endpoint for at most an hour. https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
const MAX_AGE_MS = 60 * 60_000;
const MAX_AHEAD_MS = 5 * 60_000;

const HOST = /^sns\.(?<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?$/;
const PATH = /^\/SimpleNotificationService-[0-9a-f]+\.pem$/;
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ["1", "RSA-SHA1"],
  ["2", "RSA-SHA256"],
]);

// In the order of their names. https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
const NOTIFICATION = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
const CONFIRMATION = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
const SIGNED: ReadonlyMap<string, readonly string[]> = new Map([
  ["Notification", NOTIFICATION],
  ["SubscriptionConfirmation", CONFIRMATION],
  ["UnsubscribeConfirmation", CONFIRMATION],
]);

/**
 * Whether a message that came over HTTP is from SNS, from one of these topics, and of the last hour; both versions of signatures. No address of the message is opened before it is known to be SNS's.
 */
export async function refusalOfSns(
  message: unknown,
  { topicArns, readCertificate, clock }: SnsVerification,
  signal: AbortSignal,
): Promise<SnsRefusal | undefined> {
  const fields = textsOf(message);
  const signed = SIGNED.get(fields.Type ?? "");
  const algorithm = ALGORITHMS.get(fields.SignatureVersion ?? "");
  if (signed === undefined || algorithm === undefined) return "not a message of SNS";
  if (!topicArns.includes(fields.TopicArn ?? "")) return "unknown topic";
  const url = certificateUrl(fields);
  if (url === undefined) return "unknown certificate";
  const ageMs = clock.now() - Date.parse(fields.Timestamp ?? "");
  // An age that is no number is not in the window either.
  if (!(ageMs <= MAX_AGE_MS && ageMs >= -MAX_AHEAD_MS)) return "outside its time";
  const text = signed.flatMap((name) => (fields[name] === undefined ? [] : [`${name}\n${fields[name]}\n`])).join("");
  const certificate = certificateOf(await readCertificate(url, signal));
  if (certificate === undefined || !isCurrent(certificate, clock)) return "unknown certificate";
  const signature = Buffer.from(fields.Signature ?? "", "base64");
  return createVerify(algorithm).update(text, "utf8").verify(certificate.publicKey, signature) ? undefined : "forged";
}

/** The members of an object that are texts. */
function textsOf(message: unknown): Readonly<Record<string, string>> {
  if (typeof message !== "object" || message === null) return {};
  return Object.fromEntries(Object.entries(message).filter(([, value]) => typeof value === "string"));
}

/** Where SNS keeps its certificates, and nowhere else; in the topic's own region. */
function certificateUrl({ SigningCertURL = "", TopicArn = "" }: Readonly<Record<string, string>>): URL | undefined {
  if (!URL.canParse(SigningCertURL)) return undefined;
  const url = new URL(SigningCertURL);
  const isPlain = url.protocol === "https:" && url.port === "" && url.username === "" && url.search === "";
  const region = HOST.exec(url.hostname)?.groups?.region;
  return isPlain && region === TopicArn.split(":")[3] && PATH.test(url.pathname) ? url : undefined;
}

function certificateOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    // OpenSSL's words for what is no certificate say nothing more.
    return undefined;
  }
}

function isCurrent({ validFrom, validTo }: X509Certificate, clock: Clock): boolean {
  const now = clock.now();
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo);
}
