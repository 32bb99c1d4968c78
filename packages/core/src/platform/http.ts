import http from "node:http";
import https from "node:https";
import { BelfryError, messageOf } from "./errors.ts";

/** One request to an endpoint that is known already; `path` starts with a slash and may have a query. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Must stay as it is until the answer is there. */
  readonly body?: Uint8Array;
}

/** An answer of whatever status, read to its end. */
export interface HttpResponse {
  readonly status: number;
  readonly body: Buffer;
  /** By lower-case names; the real sender always gives them. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * Sends one request and reads its answer. Raises UNAVAILABLE, with the network's own error as its cause, when there was none in time or the
 * signal aborted; never raises for a status.
 */
export type SendHttp = (request: HttpRequest, signal?: AbortSignal) => Promise<HttpResponse>;

// A serverless collection that has gone to sleep may take most of a minute for its first answer.
const DEFAULT_TIMEOUT_MS = 60_000;

// The largest answer that is read: a bulk answer that explains the failure of each of some ten thousand items.
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

const AGENT_OPTIONS = { keepAlive: true, maxSockets: 50, scheduling: "lifo" } as const;

/** The connections of this process, kept alive between invocations; HTTP/1.1, shared with the AWS clients. */
export const httpAgent = new http.Agent(AGENT_OPTIONS);
export const httpsAgent = new https.Agent(AGENT_OPTIONS);

/** The real `SendHttp` for one endpoint. A user name and password in its URL are sent as basic authentication, its path goes before each request's. */
export function httpSender(endpoint: URL, options: { readonly timeoutMs?: number } = {}): SendHttp {
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const prefix = endpoint.pathname.replace(/\/+$/, "");
  const authorization = basicAuthorization(endpoint);
  return (request, signal) =>
    new Promise((resolve, reject) => {
      const fail = (thrown: unknown) => {
        finish();
        outgoing.destroy();
        const text = `no answer from ${endpoint.host}: ${messageOf(thrown)}`;
        reject(new BelfryError("UNAVAILABLE", text, { cause: thrown, retryable: true }));
      };
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      const onAbort = () => fail(signal?.reason);
      const timer = setTimeout(() => fail(timeoutError(timeoutMs)), timeoutMs);

      const headers = { ...authorization, ...request.headers, "content-length": String(request.body?.length ?? 0) };
      const outgoing = start(endpoint, { method: request.method, path: prefix + request.path, headers });
      outgoing.on("error", fail);
      outgoing.on("response", (response) => {
        readBody(response).then((body) => {
          finish();
          resolve({ status: response.statusCode ?? 0, body, headers: response.headers });
        }, fail);
      });
      if (signal?.aborted === true) return onAbort();
      signal?.addEventListener("abort", onAbort);
      outgoing.end(request.body);
    });
}

function start(endpoint: URL, options: http.RequestOptions): http.ClientRequest {
  // WHATWG URLs write IPv6 hosts in brackets, which sockets do not take.
  const place = { ...options, host: endpoint.hostname.replace(/^\[|\]$/g, ""), port: endpoint.port };
  return endpoint.protocol === "http:"
    ? http.request({ ...place, agent: httpAgent })
    : https.request({ ...place, agent: httpsAgent });
}

function basicAuthorization({ username, password }: URL): Record<string, string> {
  if (username === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

async function readBody(response: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_RESPONSE_BYTES) throw new Error(`the answer is longer than ${MAX_RESPONSE_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function timeoutError(timeoutMs: number): Error {
  return Object.assign(new Error(`none within ${timeoutMs} ms`), { code: "ETIMEDOUT" });
}
