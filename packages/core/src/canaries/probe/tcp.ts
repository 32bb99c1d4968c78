import { connect, type LookupFunction } from "node:net";

/** A connection to be made, what to say on it, and when enough was heard. */
export interface TcpRequest {
  readonly hostname: string;
  readonly port: number;
  readonly send?: Uint8Array | undefined;
  /** Whether what was received until now is all that is waited for; without it a connection is enough. */
  readonly isEnough?: ((received: Buffer) => boolean) | undefined;
  readonly lookup: LookupFunction;
}

/** What the other side did. */
export interface TcpFacts {
  readonly connected: boolean;
  /** What it sent, until that was enough, it ended, or time was over. */
  readonly received: Buffer;
  /** Time was over before it was enough. */
  readonly timedOut: boolean;
  readonly connectMs?: number;
  readonly totalMs: number;
  /** Why it did not connect, or broke off. */
  readonly error?: unknown;
}

// More is not waited for.
const MAX_RECEIVED_BYTES = 1_048_576;

/** Connects, sends, and reads until it is enough, the other side ends, or the signal aborts. Never raises: `error` says what went wrong. */
export function probeTcp(request: TcpRequest, signal: AbortSignal): Promise<TcpFacts> {
  const { hostname, port, send, isEnough, lookup } = request;
  const begin = performance.now();
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let connectMs: number | undefined;
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ""), port, lookup });
    const finish = (error?: unknown, timedOut = false) => {
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      resolve({
        connected: connectMs !== undefined,
        received: Buffer.concat(chunks),
        timedOut,
        ...(connectMs === undefined ? {} : { connectMs }),
        totalMs: performance.now() - begin,
        ...(error === undefined ? {} : { error }),
      });
    };
    const onAbort = () => finish(signal.reason, true);
    socket.once("connect", () => {
      connectMs = performance.now() - begin;
      if (send !== undefined) socket.write(send);
      if (isEnough === undefined) finish();
    });
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      const received = Buffer.concat(chunks);
      if (received.length > MAX_RECEIVED_BYTES || isEnough?.(received) === true) finish();
    });
    socket.once("end", () => finish());
    socket.once("error", (error) => finish(error));
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}
