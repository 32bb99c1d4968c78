import dgram from "node:dgram";
import { connect, isIP, isIPv6, type LookupFunction } from "node:net";
import packet, { type Answer, type DecodedPacket, type RecordType } from "dns-packet";
import type { Random } from "../../platform/retry.ts";
import { CanaryFailure } from "../failure.ts";

/** A question to one name server. */
export interface DnsRequest {
  readonly domain: string;
  readonly recordType: RecordType;
  /** Its address. */
  readonly nameserver: string;
  readonly port: number;
  readonly protocol: "udp" | "tcp";
}

export interface DnsRecord {
  readonly type: string;
  readonly name: string;
  readonly ttlSeconds: number;
  /** As `dig` writes it: `10 mail.example.com` for MX, the texts of TXT joined. */
  readonly value: string;
}

/** What the server answered. */
export interface DnsFacts {
  /** Such as `NOERROR`, `NXDOMAIN`, `SERVFAIL`. https://www.iana.org/assignments/dns-parameters#dns-parameters-6 */
  readonly rcode: string;
  readonly authoritative: boolean;
  /** Those of the type that was asked for. */
  readonly records: readonly DnsRecord[];
  /** All of the answer: with the aliases that led there. */
  readonly answers: readonly DnsRecord[];
  readonly nameserver: string;
  readonly responseMs: number;
}

const MAX_ID = 65_535;

const RESEND_MS = 1500;

/** Asks a name server, by UDP or TCP; an answer that did not fit in UDP is asked for again by TCP. Raises the network's errors, CanaryFailure of class `dns` for what is no answer, and the signal's reason. */
export async function probeDns(request: DnsRequest, random: Random, signal: AbortSignal): Promise<DnsFacts> {
  const begin = performance.now();
  const id = Math.floor(random() * MAX_ID);
  const { domain, recordType, nameserver } = request;
  const question = {
    type: "query" as const,
    id,
    flags: packet.RECURSION_DESIRED,
    questions: [{ type: recordType, name: domain.replace(/\.$/, "") }],
  };
  let answer = request.protocol === "udp" ? await askUdp(request, packet.encode(question), id, signal) : undefined;
  if (answer === undefined || answer.flag_tc) answer = await askTcp(request, packet.streamEncode(question), signal);
  if (answer.id !== id) throw new CanaryFailure("dns", `${nameserver} answered another question than was asked`);
  const answers = (answer.answers ?? []).flatMap(recordOf);
  return {
    rcode: (answer as unknown as { rcode: string }).rcode,
    authoritative: answer.flag_aa,
    records: answers.filter(({ type }) => type === recordType),
    answers,
    nameserver,
    responseMs: performance.now() - begin,
  };
}

function askUdp(
  { nameserver, port }: DnsRequest,
  question: Buffer,
  id: number,
  signal: AbortSignal,
): Promise<DecodedPacket> {
  return new Promise((resolve, reject) => {
    const socket = dgram.createSocket(isIPv6(nameserver) ? "udp6" : "udp4");
    // A datagram may get lost.
    const resend = setInterval(() => socket.send(question), RESEND_MS);
    const finish = (settle: () => void) => {
      clearInterval(resend);
      signal.removeEventListener("abort", onAbort);
      socket.close();
      settle();
    };
    const onAbort = () => finish(() => reject(signal.reason));
    socket.once("error", (error) => finish(() => reject(error)));
    socket.on("message", (message) => {
      // Anybody can send to the port: what is not the answer is not listened to.
      const decoded = decodedOf(() => packet.decode(message));
      if (decoded?.id === id && decoded.type === "response") finish(() => resolve(decoded));
    });
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    // Connected, so that a port where nobody listens is said at once.
    socket.connect(port, nameserver, () => socket.send(question));
  });
}

function askTcp({ nameserver, port }: DnsRequest, question: Buffer, signal: AbortSignal): Promise<DecodedPacket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: nameserver, port });
    const onAbort = () => socket.destroy(signal.reason as Error);
    let received = Buffer.alloc(0);
    const finish = (settle: () => void) => {
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      settle();
    };
    socket.once("connect", () => socket.write(question));
    socket.once("error", (error) => finish(() => reject(signal.aborted ? signal.reason : error)));
    socket.once("end", () =>
      finish(() => reject(new CanaryFailure("dns", `${nameserver} ended the connection without an answer`))),
    );
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const decoded = decodedOf(() => packet.streamDecode(received) as DecodedPacket);
      const none = new CanaryFailure("dns", `${nameserver} sent what is no answer of DNS`);
      finish(() => (decoded === undefined ? reject(none) : resolve(decoded)));
    });
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

function decodedOf(decode: () => DecodedPacket): DecodedPacket | undefined {
  try {
    return decode();
  } catch {
    // Not a message of DNS: the caller says so.
    return undefined;
  }
}

function recordOf(answer: Answer): DnsRecord[] {
  if (answer.type === "OPT") return [];
  const { type, name, ttl } = answer as { type: string; name: string; ttl?: number };
  return [{ type, name, ttlSeconds: ttl ?? 0, value: dataOf(answer) }];
}

function dataOf(answer: Answer): string {
  switch (answer.type) {
    case "MX":
      return `${answer.data.preference ?? 0} ${answer.data.exchange}`;
    case "TXT":
      return [answer.data].flat().map(String).join("");
    case "SRV":
      return [answer.data.priority, answer.data.weight, answer.data.port, answer.data.target].join(" ");
    case "SOA":
      return [answer.data.mname, answer.data.rname, answer.data.serial].join(" ");
    case "CAA":
      return [answer.data.flags ?? 0, answer.data.tag, answer.data.value].join(" ");
    default: {
      const data = (answer as { data?: unknown }).data;
      return typeof data === "string" ? data : JSON.stringify(data);
    }
  }
}

/** The address of a name server that may be given by its name. Raises what the lookup raises. */
export function addressOf(host: string, lookup: LookupFunction): Promise<string> {
  if (isIP(host) !== 0) return Promise.resolve(host);
  return new Promise((resolve, reject) => {
    lookup(host, { all: false }, (error, address) => {
      if (error === null) resolve(typeof address === "string" ? address : (address[0]?.address ?? host));
      else reject(error);
    });
  });
}
