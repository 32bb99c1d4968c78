import type { FailureClass } from "../event/failure-class.ts";
import { messageOf } from "../platform/errors.ts";
import type { Failure } from "./report.ts";

/** A failure whose class is known where it is raised. Every kind raises these; whatever else it raises is classed by `failureOf`. */
export class CanaryFailure extends Error {
  readonly failureClass: FailureClass;

  constructor(failureClass: FailureClass, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CanaryFailure";
    this.failureClass = failureClass;
  }
}

// https://nodejs.org/api/dns.html#error-codes, and getaddrinfo's.
const DNS_CODES = /^(ENOTFOUND|EAI_[A-Z]+|ENODATA|EFORMERR|ESERVFAIL|ENOTIMP|EBADNAME|EBADRESP|EBADQUERY|EREFUSED)$/;

// OpenSSL's verification errors by Node's names, and Node's own. https://nodejs.org/api/tls.html#x509-certificate-error-codes
const TLS_CODES =
  /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERROR_IN_C|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$|HOSTNAME_MISMATCH$)/;

const TIMEOUT_CODES =
  /^(ETIMEDOUT|ESOCKETTIMEDOUT|ETIMEOUT|ERR_SOCKET_CONNECTION_TIMEOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/;

// https://nodejs.org/api/errors.html#common-system-errors, and of Node's HTTP parser.
const TARGET_CODES =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL|HPE_[A-Z_]+|UND_ERR_SOCKET|ERR_STREAM_PREMATURE_CLOSE)$/;

// https://source.chromium.org/chromium/chromium/src/+/main:net/base/net_error_list.h
const CHROMIUM_ERROR = /\bnet::(ERR_[A-Z0-9_]+)/;
const CHROMIUM_CLASSES: readonly (readonly [RegExp, FailureClass])[] = [
  [/^ERR_(NAME_|DNS_|ICANN_)/, "dns"],
  [/^ERR_(CERT_|SSL_|BAD_SSL|TLS_|QUIC_PROTOCOL_ERROR_TLS)/, "tls"],
  [/TIMED_OUT/, "timeout"],
  [
    /^ERR_(CONNECTION_|ADDRESS_|EMPTY_RESPONSE|INVALID_(HTTP_)?RESPONSE|INCOMPLETE|CONTENT_|HTTP2?_|TOO_MANY_REDIRECTS|RESPONSE_HEADERS|INVALID_REDIRECT|UNSAFE_REDIRECT|INTERNET_|NETWORK_|SOCKET_|ABORTED|FAILED)/,
    "target",
  ],
  [
    /^ERR_(BLOCKED_BY_|DISALLOWED_|UNKNOWN_URL_SCHEME|INVALID_URL|INSUFFICIENT_RESOURCES|OUT_OF_MEMORY|UNSAFE_PORT)/,
    "canary",
  ],
];

// Playwright's words for a page, or a browser, that went away. https://playwright.dev/docs/api/class-page#page-event-crash
const GONE = /\b((Page|Target) crashed|(Target page, context or browser|Browser) has been closed|Target closed)\b/;

/**
 * Classes whatever a kind raised: by the codes of Node's network, by Chromium's `net::ERR_…`, by a browser that is gone, by the names of time-outs; along its causes. What is none
 * of these is a defect of the canary itself. The message is not redacted here.
 */
export function failureOf(thrown: unknown): Failure {
  const failureClass = classOf(thrown) ?? "canary";
  return { class: failureClass, message: messageOf(thrown) };
}

// Errors that are each other's cause end here.
const MAX_CAUSES = 8;

function classOf(thrown: unknown, depth = 0): FailureClass | undefined {
  if (typeof thrown !== "object" || thrown === null || depth === MAX_CAUSES) return undefined;
  if (thrown instanceof CanaryFailure) return thrown.failureClass;
  const { code, name, message, cause, errors } = thrown as Record<string, unknown>;
  return (
    classOfCode(typeof code === "string" ? code : "") ??
    classOfText(typeof message === "string" ? message : "") ??
    (name === "TimeoutError" ? "timeout" : undefined) ??
    classOf(cause, depth + 1) ??
    (Array.isArray(errors) ? classOf(errors[0], depth + 1) : undefined)
  );
}

/** The class of a code that Node gives an error; undefined for one that says nothing. */
function classOfCode(code: string): FailureClass | undefined {
  if (code === "ERR_ASSERTION") return "assertion";
  if (DNS_CODES.test(code)) return "dns";
  if (TLS_CODES.test(code)) return "tls";
  if (TIMEOUT_CODES.test(code)) return "timeout";
  return TARGET_CODES.test(code) ? "target" : undefined;
}

/** The class of a message that names one of Chromium's network errors, or says that the browser is gone; undefined for any other. */
export function classOfText(message: string): FailureClass | undefined {
  if (GONE.test(message)) return "browser";
  const name = CHROMIUM_ERROR.exec(message)?.[1];
  return name === undefined ? undefined : (CHROMIUM_CLASSES.find(([form]) => form.test(name))?.[1] ?? "target");
}
