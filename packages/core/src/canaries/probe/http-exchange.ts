/** Names and values as they were sent, in their order. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** How long each part of a request took, in milliseconds; undefined for a part that there was not, such as DNS for an address. */
export interface HttpPhases {
  readonly dnsMs?: number;
  readonly tcpMs?: number;
  readonly tlsMs?: number;
  /** Until the request was handed to the machine. */
  readonly sendMs?: number;
  /** From there to the first byte of the answer. */
  readonly ttfbMs?: number;
  readonly downloadMs?: number;
  readonly totalMs: number;
}

/** An answer, as far as it was read. */
export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly httpVersion: string;
  readonly headers: HeaderPairs;
  /** Without its content encoding. */
  readonly body: Buffer;
  /** The body is longer than what was read of it. */
  readonly isCut: boolean;
  /** Bytes of the body on the wire. */
  readonly transferredBytes: number;
}

/** One request, and its answer or why there is none. A redirect is one of its own. */
export interface HttpExchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: HeaderPairs;
  readonly body: string | undefined;
  /** Epoch milliseconds. */
  readonly startedMs: number;
  readonly phases: HttpPhases;
  readonly answer?: HttpAnswer;
  /** The address that it connected to. */
  readonly address?: string;
  /** Why there is no whole answer. */
  readonly error?: unknown;
}

/** The value of a header, by its name in any case; of several the first. */
export function headerOf(headers: HeaderPairs, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers.find(([key]) => key.toLowerCase() === wanted)?.[1];
}
