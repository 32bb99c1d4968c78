import "reflect-metadata";
import { X509Certificate as NodeCertificate } from "node:crypto";
import { getCACertificates } from "node:tls";
import { X509Certificate } from "@peculiar/x509";
import type { Clock } from "../../platform/clock.ts";

/** What a certificate says; times are epoch milliseconds. */
export interface CertificateFacts {
  /** By the short names of their attributes: `CN`, `O`, `OU`, `C`, `ST`, `L`; of several the first. */
  readonly subject: Readonly<Record<string, string>>;
  readonly issuer: Readonly<Record<string, string>>;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Names that it is for: `DNS:…` and `IP:…` as OpenSSL writes them, without the kind. */
  readonly alternativeNames: readonly string[];
  /** Timestamps of transparency logs that are in it. https://www.rfc-editor.org/rfc/rfc6962#section-3.3 */
  readonly embeddedTimestamps: number;
  /** The OID of the algorithm that it was signed with. */
  readonly signatureOid: string;
  readonly selfSigned: boolean;
  readonly serialNumber: string;
  readonly fingerprint256: string;
}

/** When the certificates of a server end: each says something of its own. Epoch milliseconds. */
export interface ChainExpiry {
  readonly leafMs: number;
  /** The first one of those that were sent: nobody who checks the whole chain trusts it any longer than that. */
  readonly earliestMs: number;
  /** Of the chains to a trusted root the one that lasts longest, by its first end; undefined when there is none. */
  readonly trustedMs?: number;
}

const TIMESTAMPS_OID = "1.3.6.1.4.1.11129.2.4.2";
const SIGNATURE_ALGORITHM_TAG = 0x06;

/** Reads a certificate in DER. Raises what the reader raises for what is none. */
export function certificateFacts(der: Uint8Array): CertificateFacts {
  const node = new NodeCertificate(der);
  const parsed = new X509Certificate(new Uint8Array(der));
  const timestamps = parsed.extensions.find(({ type }) => type === TIMESTAMPS_OID);
  return {
    subject: firstNames(parsed.subjectName.toJSON()),
    issuer: firstNames(parsed.issuerName.toJSON()),
    notBeforeMs: parsed.notBefore.getTime(),
    notAfterMs: parsed.notAfter.getTime(),
    alternativeNames: alternativeNames(node.subjectAltName),
    embeddedTimestamps: timestamps === undefined ? 0 : countTimestamps(Buffer.from(timestamps.value)),
    signatureOid: signatureOid(Buffer.from(der)),
    selfSigned: node.checkIssued(node) && node.verify(node.publicKey),
    serialNumber: parsed.serialNumber,
    fingerprint256: node.fingerprint256,
  };
}

function firstNames(names: readonly Readonly<Record<string, readonly string[]>>[]): Record<string, string> {
  const first: Record<string, string> = {};
  for (const part of names) for (const [key, values] of Object.entries(part)) first[key] ??= values[0] ?? "";
  return first;
}

/** Names with a comma in them are quoted, as JSON is. https://nodejs.org/api/crypto.html#x509subjectaltname */
function alternativeNames(text: string | undefined): string[] {
  const entries =
    text?.match(/(?:DNS|IP Address|URI|email|DirName|othername|Registered ID):(?:"(?:[^"\\]|\\.)*"|[^,]*)/g) ?? [];
  return entries.map((entry) => {
    const value = entry.slice(entry.indexOf(":") + 1);
    return value.startsWith('"') ? (JSON.parse(value) as string) : value;
  });
}

/** The list is an octet string within the extension's own: its length in two bytes, then each timestamp behind its own length. */
function countTimestamps(extension: Buffer): number {
  const list = contentOf(extension);
  let count = 0;
  for (let at = 2; at + 2 <= list.length; at += 2 + list.readUInt16BE(at)) count++;
  return count;
}

/** The OID within the second member of the certificate, behind what was signed. https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
function signatureOid(der: Buffer): string {
  const members = contentOf(der);
  const algorithm = contentOf(members.subarray(sizeOf(members)));
  if (algorithm[0] !== SIGNATURE_ALGORITHM_TAG) return "";
  const [first = 0, ...rest] = contentOf(algorithm);
  const parts = [Math.floor(first / 40), first % 40];
  let value = 0;
  for (const byte of rest) {
    value = value * 128 + (byte & 127);
    if (byte < 128) {
      parts.push(value);
      value = 0;
    }
  }
  return parts.join(".");
}

/** The bytes of a DER value's header: its tag, and its length. */
function headerBytes(der: Buffer): number {
  const first = der[1] ?? 0;
  return first < 128 ? 2 : 2 + (first & 127);
}

function lengthOf(der: Buffer): number {
  const first = der[1] ?? 0;
  return first < 128 ? first : der.readUIntBE(2, first & 127);
}

function sizeOf(der: Buffer): number {
  return headerBytes(der) + lengthOf(der);
}

function contentOf(der: Buffer): Buffer {
  return der.subarray(headerBytes(der), sizeOf(der));
}

/** When a chain ends, as it was sent, leaf first; and by the roots that are trusted, in PEM: the machine's own unless given. */
export function chainExpiry(chain: readonly Uint8Array[], roots?: readonly string[]): ChainExpiry {
  const sent = chain.map((der) => new NodeCertificate(der));
  const ends = sent.map(endOf);
  const trustedMs = sent[0] === undefined ? undefined : trustedUntil(sent[0], sent, rootsOf(roots), new Set());
  return {
    leafMs: ends[0] ?? Number.NaN,
    earliestMs: Math.min(...ends),
    ...(trustedMs === undefined ? {} : { trustedMs }),
  };
}

/** The latest end of the chains from a certificate to a root. */
function trustedUntil(
  certificate: NodeCertificate,
  sent: readonly NodeCertificate[],
  roots: readonly NodeCertificate[],
  seen: ReadonlySet<string>,
): number | undefined {
  const end = endOf(certificate);
  if (roots.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256)) return end;
  const deeper = new Set([...seen, certificate.fingerprint256]);
  const issuers = [...roots, ...sent].filter(
    (issuer) => !deeper.has(issuer.fingerprint256) && isIssuer(issuer, certificate),
  );
  const until = issuers
    .map((issuer) => (roots.includes(issuer) ? endOf(issuer) : trustedUntil(issuer, sent, roots, deeper)))
    .filter((ms) => ms !== undefined);
  return until.length === 0 ? undefined : Math.min(end, Math.max(...until));
}

function isIssuer(issuer: NodeCertificate, certificate: NodeCertificate): boolean {
  return (
    issuer.subject === certificate.issuer && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
  );
}

function endOf(certificate: NodeCertificate): number {
  return certificate.validToDate.getTime();
}

// Some 150 of them, read once: they are the machine's, and no run's.
let machineRoots: readonly NodeCertificate[] | undefined;

function rootsOf(pem: readonly string[] | undefined): readonly NodeCertificate[] {
  if (pem !== undefined) return pem.map((text) => new NodeCertificate(text));
  machineRoots ??= getCACertificates("default").map((text) => new NodeCertificate(text));
  return machineRoots;
}

/** Whether a certificate is in its time. */
export function validityAt(
  { notBeforeMs, notAfterMs }: CertificateFacts,
  clock: Clock,
): "valid" | "expired" | "not-yet-valid" {
  const now = clock.now();
  if (now < notBeforeMs) return "not-yet-valid";
  return now > notAfterMs ? "expired" : "valid";
}
