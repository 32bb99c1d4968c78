import { createSocket, type Socket } from "node:dgram";
import { DATAGRAM_HEADER, MAX_DOCUMENT_BYTES, type SegmentDocument } from "./segment-document.ts";

/** Where the X-Ray daemon listens. */
interface DaemonAddress {
  readonly host: string;
  readonly port: number;
}

/** Reads AWS_XRAY_DAEMON_ADDRESS, `host:port` or `tcp:host:port udp:host:port`; the daemon's default when it says nothing usable. */
function daemonAddress(env: NodeJS.ProcessEnv): DaemonAddress {
  const parts = (env.AWS_XRAY_DAEMON_ADDRESS ?? "").split(/\s+/);
  const address = parts.find((part) => part.startsWith("udp:"))?.slice("udp:".length) ?? parts[0];
  const [, host, port] = /^([^:]+):(\d+)$/.exec(address) ?? [];
  return host === undefined ? { host: "127.0.0.1", port: 2000 } : { host, port: Number(port) };
}

/**
 * Sends documents to the daemon. The SDK's own emitter is not used: it cannot be waited for, so a process that ends or is frozen loses
 * what it had not sent, and what is over the limit it drops.
 */
export class XRaySender {
  readonly #env: NodeJS.ProcessEnv;
  #socket: Socket | undefined;
  #underWay = 0;
  #waiting: (() => void)[] = [];

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** Sends one document as one datagram, without waiting. A daemon that is not there is no error: traces are a help, not the work. */
  send(document: SegmentDocument): void {
    const text = fittingText(document);
    if (text === undefined) return;
    const { host, port } = daemonAddress(this.#env);
    this.#underWay++;
    this.#open().send(`${DATAGRAM_HEADER}\n${text}`, port, host, () => this.#done());
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** A socket lives from the first datagram to the last one under way: none is left open when Lambda freezes the process. */
  #open(): Socket {
    if (this.#socket === undefined) {
      this.#socket = createSocket("udp4");
      this.#socket.on("error", () => undefined);
    }
    return this.#socket;
  }

  #done(): void {
    if (--this.#underWay > 0) return;
    this.#socket?.close();
    this.#socket = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** The document as JSON within the limit; of one that is too long, the parts that matter least are left out until it fits. */
function fittingText(document: SegmentDocument): string | undefined {
  let fitting: SegmentDocument = document;
  for (const part of ["metadata", "cause", "subsegments", undefined] as const) {
    const text = JSON.stringify(fitting, (_key, value) => (typeof value === "bigint" ? value.toString() : value));
    if (Buffer.byteLength(text) <= MAX_DOCUMENT_BYTES || part === undefined) return text;
    const { [part]: _left, ...rest } = fitting;
    fitting = { ...rest, metadata: { belfry: { left_out: `${part}: the document was over 64 kB` } } };
  }
  return undefined;
}
