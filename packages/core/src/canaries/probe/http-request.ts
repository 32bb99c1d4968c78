import http from "node:http";
import https from "node:https";
import type { LookupFunction, Socket } from "node:net";
import type { Readable } from "node:stream";
import zlib from "node:zlib";
import { endingWith } from "../deadline.ts";
import { CanaryFailure } from "../failure.ts";
import type { HeaderPairs, HttpAnswer, HttpExchange, HttpPhases } from "./http-exchange.ts";

/** One request; redirects are not followed. */
export interface SingleRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: HeaderPairs;
  readonly body: string | undefined;
  /** More of the body is not read. */
  readonly maxBodyBytes: number;
  /** Takes certificates that do not verify. */
  readonly allowSelfSigned: boolean;
  /** In PEM; the machine's own, unless given. */
  readonly roots?: readonly string[] | undefined;
  readonly lookup: LookupFunction;
}

// What an answer's headers may be together; Node's own bound is 16 KiB.
const MAX_HEADER_BYTES = 65_536;

/**
 * Sends a request over a connection of its own and reads its answer, or as much of it as is allowed; ends when the signal aborts. Never raises: what went wrong is the
 * exchange's `error`, and the signal's reason where that aborted.
 */
export async function exchangeOnce(request: SingleRequest, nowMs: number, signal: AbortSignal): Promise<HttpExchange> {
  const marks: Marks = { begin: performance.now() };
  const { method, url, headers, body } = request;
  const outcome = await endingWith(send(request, marks, signal), signal).catch((error: unknown) => ({
    error: signal.aborted ? signal.reason : error,
  }));
  const address = marks.address === undefined ? {} : { address: marks.address };
  return { method, url, headers, body, startedMs: nowMs, phases: phasesOf(marks), ...address, ...outcome };
}

/** Times by performance.now(). */
interface Marks {
  readonly begin: number;
  lookup?: number;
  connect?: number;
  secure?: number;
  sent?: number;
  firstByte?: number;
  end?: number;
  address?: string;
}

function phasesOf({ begin, lookup, connect, secure, sent, firstByte, end }: Marks): HttpPhases {
  const between = (name: keyof HttpPhases, from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? {} : { [name]: Math.max(0, to - from) };
  return {
    ...between("dnsMs", begin, lookup),
    ...between("tcpMs", lookup ?? begin, connect),
    ...between("tlsMs", connect, secure),
    ...between("sendMs", secure ?? connect, sent),
    ...between("ttfbMs", sent, firstByte),
    ...between("downloadMs", firstByte, end),
    totalMs: (end ?? performance.now()) - begin,
  };
}

async function send(
  request: SingleRequest,
  marks: Marks,
  signal: AbortSignal,
): Promise<{ readonly answer: HttpAnswer; readonly error?: unknown }> {
  const outgoing = start(request, signal);
  try {
    const response = await responseOf(outgoing, request.body, marks);
    marks.firstByte = performance.now();
    const { error, ...read } = await readBody(response, request.maxBodyBytes);
    marks.end = performance.now();
    const answer = {
      status: response.statusCode ?? 0,
      statusText: response.statusMessage ?? "",
      httpVersion: `HTTP/${response.httpVersion}`,
      headers: pairsOf(response.rawHeaders),
      ...read,
    };
    return error === undefined ? { answer } : { answer, error: signal.aborted ? signal.reason : error };
  } finally {
    outgoing.destroy();
  }
}

function start(
  { method, url, headers, lookup, roots, allowSelfSigned, body }: SingleRequest,
  signal: AbortSignal,
): http.ClientRequest {
  const length = body === undefined ? [] : [["content-length", String(Buffer.byteLength(body))] as const];
  const options: https.RequestOptions = {
    method,
    // A connection of its own: the phases are measured, and nothing is left of an earlier run.
    agent: false,
    lookup,
    signal,
    headers: [...headers, ...length].flat(),
    setDefaultHeaders: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    // WHATWG URLs write IPv6 hosts in brackets, which sockets do not take.
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port,
    path: url.pathname + url.search,
  };
  if (url.protocol === "http:") return http.request(options);
  const trusted = roots === undefined ? {} : { ca: [...roots] };
  return https.request({ ...options, ...trusted, rejectUnauthorized: !allowSelfSigned });
}

function responseOf(
  outgoing: http.ClientRequest,
  body: string | undefined,
  marks: Marks,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.on("socket", (socket: Socket) => {
      socket.once("lookup", (error) => {
        if (error === null || error === undefined) marks.lookup = performance.now();
      });
      socket.once("connect", () => {
        marks.connect = performance.now();
        if (socket.remoteAddress !== undefined) marks.address = socket.remoteAddress;
      });
      socket.once("secureConnect", () => {
        marks.secure = performance.now();
      });
    });
    outgoing.on("finish", () => {
      marks.sent = performance.now();
    });
    outgoing.on("upgrade", (_response, socket) => {
      socket.destroy();
      reject(new CanaryFailure("target", "the server changes to another protocol, which nobody asked for"));
    });
    outgoing.on("response", resolve);
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

interface ReadBody {
  readonly body: Buffer;
  readonly isCut: boolean;
  readonly transferredBytes: number;
  readonly error?: unknown;
}

/** Reads as much as is allowed, decoded. A body that ends too soon, or does not decode, has an error beside what was got of it. */
async function readBody(response: http.IncomingMessage, maxBytes: number): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let length = 0;
  let transferredBytes = 0;
  response.on("data", (chunk: Buffer) => {
    transferredBytes += chunk.length;
  });
  try {
    for await (const chunk of decoded(response) as AsyncIterable<Buffer>) {
      const room = maxBytes - length;
      chunks.push(chunk.subarray(0, room));
      length += Math.min(chunk.length, room);
      if (chunk.length > room) return { body: Buffer.concat(chunks), isCut: true, transferredBytes };
    }
  } catch (thrown) {
    const error = truncated(response, transferredBytes, thrown);
    return { body: Buffer.concat(chunks), isCut: false, transferredBytes, error };
  }
  return { body: Buffer.concat(chunks), isCut: false, transferredBytes };
}

function truncated(response: http.IncomingMessage, bytes: number, cause: unknown): CanaryFailure {
  const promised = response.headers["content-length"];
  const whole = promised === undefined ? "" : ` of ${promised}`;
  return new CanaryFailure("target", `the answer breaks off after ${bytes}${whole} bytes`, { cause });
}

function decoded(response: http.IncomingMessage): Readable {
  const decoder = decoderOf(response.headers["content-encoding"]?.trim().toLowerCase());
  if (decoder === undefined) return response;
  // A body without a byte, as HEAD and 204 have it, is none that a decoder takes.
  response.on("error", (error) => decoder.destroy(error));
  return response.pipe(decoder);
}

function decoderOf(encoding: string | undefined): zlib.Gunzip | zlib.BrotliDecompress | zlib.Inflate | undefined {
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return zlib.createGunzip();
    case "deflate":
      return zlib.createInflate();
    case "br":
      return zlib.createBrotliDecompress();
    default:
      return undefined;
  }
}

function pairsOf(raw: readonly string[]): HeaderPairs {
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i] ?? "", raw[2 * i + 1] ?? ""] as const);
}
