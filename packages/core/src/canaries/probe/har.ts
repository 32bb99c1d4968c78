import { messageOf } from "../../platform/errors.ts";
import type { RunContext } from "../context.ts";
import { type HeaderPairs, type HttpAnswer, type HttpExchange, headerOf } from "./http-exchange.ts";
import { rounded } from "./phases.ts";

// An HTTP Archive as http://www.softwareishard.com/blog/har-12-spec/ describes it. Members that begin with _ are our own, which it allows.

const UNKNOWN = -1;

/** Collects what a run requested, a page for each step, and keeps it as `results.har` when the attempt ends; nothing where the canary wants no HAR. */
export class HarRecorder {
  readonly #context: RunContext;
  readonly #entries: object[] = [];
  readonly #pages = new Map<string, object>();

  constructor(context: RunContext) {
    this.#context = context;
    if (context.canary.artifacts.har) context.atEnd(async () => this.#keep());
  }

  /** Takes an exchange of a step. */
  readonly add = (exchange: HttpExchange, step: string): void => {
    const id = `page_${[...this.#pages.keys(), step].indexOf(step) + 1}`;
    const startedDateTime = new Date(exchange.startedMs).toISOString();
    if (!this.#pages.has(step)) this.#pages.set(step, { startedDateTime, id, title: step, pageTimings: {} });
    this.#entries.push(harEntry(exchange, id, this.#context.canary.artifacts.bodies));
  };

  #keep(): void {
    if (this.#entries.length === 0) return;
    const creator = { name: "Belfry", version: "1.0" };
    const log = { version: "1.2", creator, pages: [...this.#pages.values()], entries: this.#entries };
    this.#context.keep({ name: "results.har", contentType: "application/json", body: JSON.stringify({ log }) });
  }
}

/** One entry; times in milliseconds, -1 for what is not known. */
function harEntry(exchange: HttpExchange, pageref: string, withBodies: boolean): object {
  const { phases, startedMs, address, answer, error } = exchange;
  return {
    pageref,
    startedDateTime: new Date(startedMs).toISOString(),
    time: rounded(phases.totalMs),
    request: harRequest(exchange, answer?.httpVersion ?? "HTTP/1.1", withBodies),
    response: answer === undefined ? noResponse(error) : harResponse(answer, exchange, withBodies),
    cache: {},
    timings: {
      blocked: UNKNOWN,
      dns: known(phases.dnsMs),
      // The time of TLS is part of that of the connection there.
      connect: phases.tcpMs === undefined ? UNKNOWN : rounded(phases.tcpMs + (phases.tlsMs ?? 0)),
      ssl: known(phases.tlsMs),
      send: rounded(phases.sendMs ?? 0),
      wait: rounded(phases.ttfbMs ?? 0),
      receive: rounded(phases.downloadMs ?? 0),
    },
    ...(address === undefined ? {} : { serverIPAddress: address }),
    ...(error === undefined ? {} : { _error: messageOf(error) }),
  };
}

function known(valueMs: number | undefined): number {
  return valueMs === undefined ? UNKNOWN : rounded(valueMs);
}

function harRequest({ method, url, headers, body }: HttpExchange, httpVersion: string, withBodies: boolean): object {
  const mimeType = headerOf(headers, "content-type") ?? "application/octet-stream";
  return {
    method,
    url: url.href,
    httpVersion,
    cookies: cookiesOf(headerOf(headers, "cookie")),
    headers: pairs(headers),
    queryString: [...url.searchParams].map(([name, value]) => ({ name, value })),
    headersSize: UNKNOWN,
    bodySize: body === undefined ? 0 : Buffer.byteLength(body),
    ...(body === undefined || !withBodies ? {} : { postData: { mimeType, text: body } }),
  };
}

function harResponse(answer: HttpAnswer, { url }: HttpExchange, withBodies: boolean): object {
  const { status, statusText, httpVersion, headers, body, transferredBytes } = answer;
  const location = headerOf(headers, "location");
  const mimeType = headerOf(headers, "content-type") ?? "";
  return {
    status,
    statusText,
    httpVersion,
    cookies: headers
      .filter(([name]) => name.toLowerCase() === "set-cookie")
      .flatMap(([, value]) => cookiesOf(value.split(";")[0])),
    headers: pairs(headers),
    content: { size: body.length, mimeType, ...(withBodies ? textOf(body, mimeType) : {}) },
    redirectURL: location === undefined ? "" : (URL.parse(location, url.href)?.href ?? location),
    headersSize: UNKNOWN,
    bodySize: transferredBytes,
  };
}

function noResponse(error: unknown): object {
  return {
    status: 0,
    statusText: "",
    httpVersion: "",
    cookies: [],
    headers: [],
    content: { size: 0, mimeType: "x-unknown" },
    redirectURL: "",
    headersSize: UNKNOWN,
    bodySize: UNKNOWN,
    _error: messageOf(error),
  };
}

const TEXT_TYPE = /^text\/|json|xml|javascript|x-www-form-urlencoded/i;

function textOf(body: Buffer, mimeType: string): object {
  return mimeType === "" || TEXT_TYPE.test(mimeType)
    ? { text: body.toString("utf8") }
    : { text: body.toString("base64"), encoding: "base64" };
}

function pairs(headers: HeaderPairs): object[] {
  return headers.map(([name, value]) => ({ name, value }));
}

function cookiesOf(header: string | undefined): object[] {
  if (header === undefined) return [];
  return header.split(";").map((cookie) => {
    const [name = "", ...rest] = cookie.trim().split("=");
    return { name, value: rest.join("=") };
  });
}
