import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type CertificateFacts,
  certificateFacts,
  chainExpiry,
  validityAt,
} from "@belfry/core/canaries/probe/certificate";
import type { ScoreCanaryFile } from "./canary-score.ts";

/** A certificate file, and what OpenSSL prints of its first certificate. */
interface Printed {
  readonly file: string;
  readonly certs?: number;
  readonly subject?: string;
  readonly issuer?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly sans?: number;
  readonly embeddedScts?: number;
  readonly sig?: string;
}

// https://www.iana.org/assignments/x509 and RFC 8017, RFC 5758, RFC 8410.
const SIGNATURES: Readonly<Record<string, string>> = {
  md5WithRSAEncryption: "1.2.840.113549.1.1.4",
  sha1WithRSAEncryption: "1.2.840.113549.1.1.5",
  rsassaPss: "1.2.840.113549.1.1.10",
  sha256WithRSAEncryption: "1.2.840.113549.1.1.11",
  sha384WithRSAEncryption: "1.2.840.113549.1.1.12",
  sha512WithRSAEncryption: "1.2.840.113549.1.1.13",
  "ecdsa-with-SHA1": "1.2.840.10045.4.1",
  "ecdsa-with-SHA256": "1.2.840.10045.4.3.2",
  "ecdsa-with-SHA384": "1.2.840.10045.4.3.3",
  "ecdsa-with-SHA512": "1.2.840.10045.4.3.4",
  ED25519: "1.3.101.112",
  ED448: "1.3.101.113",
};

const CERTIFICATE = /-----BEGIN CERTIFICATE-----([\s\S]+?)-----END CERTIFICATE-----/g;

/** Scores what is read of certificates against what OpenSSL says: a case is a file. Undefined for what is no list of such. */
export const scoreCertificates: ScoreCanaryFile = async (content, path) => {
  const certs = (content as { certs?: unknown } | null)?.certs;
  if (!Array.isArray(certs) || !certs.every(isPrinted)) return undefined;
  const failures: string[] = [];
  let passed = 0;
  for (const printed of certs) {
    const wrong = await wrongIn(printed, dirname(path));
    if (wrong.length === 0) passed++;
    else failures.push(`${printed.file}: ${wrong.join(", ")}`);
  }
  return { cases: certs.length, passed, failures };
};

function isPrinted(value: unknown): value is Printed {
  const { file, notAfter } = value as Partial<Printed>;
  return typeof file === "string" && typeof notAfter === "string";
}

async function wrongIn(printed: Printed, folder: string): Promise<string[]> {
  const text = await readFile(join(folder, printed.file), "utf8");
  const chain = [...text.matchAll(CERTIFICATE)].map(([, base64 = ""]) => Buffer.from(base64, "base64"));
  const first = chain[0];
  if (first === undefined) return ["has no certificate"];
  const facts = certificateFacts(first);
  const expiry = chainExpiry(chain, []);
  const checks: Record<string, boolean | undefined> = {
    certs: printed.certs === undefined || chain.length === printed.certs,
    subject: printed.subject === undefined || isName(facts.subject, printed.subject),
    issuer: printed.issuer === undefined || isName(facts.issuer, printed.issuer),
    notBefore: printed.notBefore === undefined || facts.notBeforeMs === Date.parse(printed.notBefore),
    notAfter: facts.notAfterMs === Date.parse(printed.notAfter ?? ""),
    leaf: expiry.leafMs === facts.notAfterMs && expiry.earliestMs <= expiry.leafMs,
    sans: printed.sans === undefined || facts.alternativeNames.length === printed.sans,
    embeddedScts: printed.embeddedScts === undefined || facts.embeddedTimestamps === printed.embeddedScts,
    sig: printed.sig === undefined || facts.signatureOid === SIGNATURES[printed.sig],
    clock: isInItsTime(facts),
  };
  return Object.entries(checks).flatMap(([name, holds]) => (holds === false ? [name] : []));
}

/** By a clock of its own: all of these have ended by now. */
function isInItsTime(facts: CertificateFacts): boolean {
  const at = (ms: number) => validityAt(facts, { now: () => ms });
  const { notBeforeMs, notAfterMs } = facts;
  return (
    at(notBeforeMs - 1000) === "not-yet-valid" &&
    at(notBeforeMs) === "valid" &&
    at(notAfterMs) === "valid" &&
    at(notAfterMs + 1000) === "expired"
  );
}

/** The attributes that a canary can ask for, of several the first; `CN = \D1\95` has its bytes as hexadecimal digits. */
function isName(name: Readonly<Record<string, string>>, printed: string): boolean {
  const wanted = new Map<string, string>();
  for (const part of printed.split(/, (?=[A-Za-z0-9.]+ = )/)) {
    const at = part.indexOf(" = ");
    const key = part.slice(0, at);
    if (at > 0 && !wanted.has(key)) wanted.set(key, unescaped(part.slice(at + " = ".length)));
  }
  return ["CN", "O", "OU", "C", "ST", "L"].every((key) => name[key] === wanted.get(key));
}

function unescaped(text: string): string {
  const plain = text.replace(/^"(.*)"$/s, "$1");
  const bytes = plain.replaceAll(/(?:\\[0-9A-F]{2})+/g, (run) =>
    Buffer.from(run.replaceAll("\\", ""), "hex").toString("utf8"),
  );
  return bytes.replaceAll(/\\([\\",+<>;#=])/g, "$1");
}
