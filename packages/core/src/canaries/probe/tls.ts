import { isIP, type LookupFunction } from "node:net";
import tls from "node:tls";
import type { Clock } from "../../platform/clock.ts";
import { CanaryFailure } from "../failure.ts";
import { type CertificateFacts, type ChainExpiry, certificateFacts, chainExpiry, validityAt } from "./certificate.ts";

/** A handshake to be made. */
export interface TlsRequest {
  readonly hostname: string;
  readonly port: number;
  /** Says the host's name in the handshake. */
  readonly sni: boolean;
  /** In PEM; the machine's own, unless given. */
  readonly roots?: readonly string[] | undefined;
  readonly lookup: LookupFunction;
}

/** What the handshake showed. It is there also when the certificate does not verify: then `problems` says why. */
export interface TlsFacts {
  readonly leaf: CertificateFacts;
  readonly chainLength: number;
  readonly expiry: ChainExpiry;
  /** Such as `TLSv1.3`. */
  readonly protocol: string;
  /** By IANA's name: `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  readonly stapledOcsp: boolean;
  readonly problems: readonly TlsProblem[];
  readonly dnsMs?: number;
  readonly tcpMs?: number;
  readonly tlsMs: number;
  readonly totalMs: number;
}

/** `chain`: it leads to no trusted root, or is broken; `self-signed` is one that was signed by itself, or leads to such. */
export interface TlsProblem {
  readonly kind: "chain" | "self-signed" | "hostname" | "expired" | "not-yet-valid";
  readonly message: string;
}

/** Makes a handshake and looks at what the server shows. Raises the network's own errors, and the signal's reason; never for a certificate. */
export function probeTls(request: TlsRequest, clock: Clock, signal: AbortSignal): Promise<TlsFacts> {
  const { hostname, port, sni, roots, lookup } = request;
  const begin = performance.now();
  const marks: { lookup?: number; connect?: number; stapled: boolean } = { stapled: false };
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      host: hostname,
      port,
      lookup,
      ...(sni && isIP(hostname) === 0 ? { servername: hostname } : {}),
      ...(roots === undefined ? {} : { ca: [...roots] }),
      requestOCSP: true,
      // Both are looked at below: a certificate that does not verify is a finding, and its dates are wanted all the more.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    const onAbort = () => socket.destroy(signal.reason as Error);
    const finish = () => {
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
    };
    socket.once("lookup", () => {
      marks.lookup = performance.now();
    });
    socket.once("connect", () => {
      marks.connect = performance.now();
    });
    socket.once("OCSPResponse", (response: Buffer | null) => {
      marks.stapled = response !== null && response.length > 0;
    });
    socket.once("error", (error) => {
      finish();
      reject(signal.aborted ? signal.reason : error);
    });
    socket.once("close", () => reject(new CanaryFailure("tls", `${hostname}:${port} ended the handshake`)));
    socket.once("secureConnect", () => {
      try {
        resolve({ ...factsOf(socket, request, clock), stapledOcsp: marks.stapled, ...timesOf(begin, marks) });
      } catch (error) {
        reject(error);
      }
      finish();
    });
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

function timesOf(begin: number, { lookup, connect }: { lookup?: number; connect?: number }) {
  const now = performance.now();
  return {
    ...(lookup === undefined ? {} : { dnsMs: lookup - begin }),
    ...(connect === undefined ? {} : { tcpMs: connect - (lookup ?? begin) }),
    tlsMs: now - (connect ?? begin),
    totalMs: now - begin,
  };
}

type FactsOfSocket = Omit<TlsFacts, "stapledOcsp" | "dnsMs" | "tcpMs" | "tlsMs" | "totalMs">;

function factsOf(socket: tls.TLSSocket, request: TlsRequest, clock: Clock): FactsOfSocket {
  const chain = sentChain(socket);
  const first = chain[0];
  if (first === undefined) throw new CanaryFailure("tls", `${request.hostname}:${request.port} showed no certificate`);
  const leaf = certificateFacts(first);
  // Node's types call it an Error; it is the code's name, or null.
  const refusal = socket.authorizationError as unknown as string | null | undefined;
  return {
    leaf,
    chainLength: chain.length,
    expiry: chainExpiry(chain, request.roots),
    protocol: socket.getProtocol() ?? "",
    cipher: socket.getCipher().standardName,
    problems: problemsOf(socket, { leaf, request, clock, refusal: refusal ?? "" }),
  };
}

/** The certificates from the leaf on, as far as the server sent them, or the machine knows their issuers. */
function sentChain(socket: tls.TLSSocket): Buffer[] {
  const chain: Buffer[] = [];
  const seen = new Set<string>();
  let certificate: tls.DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (certificate?.raw !== undefined && !seen.has(certificate.fingerprint256)) {
    seen.add(certificate.fingerprint256);
    chain.push(certificate.raw);
    certificate = certificate.issuerCertificate;
  }
  return chain;
}

interface Judged {
  readonly leaf: CertificateFacts;
  readonly request: TlsRequest;
  readonly clock: Clock;
  readonly refusal: string;
}

const SELF_SIGNED = /DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN/;
const DATES = /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/;

function problemsOf(socket: tls.TLSSocket, { leaf, request, clock, refusal }: Judged): TlsProblem[] {
  const problems: TlsProblem[] = [];
  const validity = validityAt(leaf, clock);
  const { hostname } = request;
  if (validity !== "valid") {
    const when = validity === "expired" ? `ended ${iso(leaf.notAfterMs)}` : `begins ${iso(leaf.notBeforeMs)}`;
    problems.push({ kind: validity, message: `the certificate of ${hostname} ${when}` });
  } else if (DATES.test(refusal)) {
    problems.push({
      kind: "expired",
      message: `a certificate of the chain of ${hostname} is not in its time (${refusal})`,
    });
  }
  if (refusal !== "" && !DATES.test(refusal)) {
    const kind = SELF_SIGNED.test(refusal) ? "self-signed" : "chain";
    problems.push({ kind, message: `the certificate of ${hostname} does not verify (${refusal})` });
  }
  const mismatch = tls.checkServerIdentity(hostname, socket.getPeerCertificate());
  if (mismatch !== undefined) problems.push({ kind: "hostname", message: mismatch.message });
  return problems;
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
