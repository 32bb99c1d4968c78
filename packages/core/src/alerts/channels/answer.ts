import type { Delivery } from "../../event/notification.ts";
import type { Clock } from "../../platform/clock.ts";
import { BelfryError, messageOf } from "../../platform/errors.ts";
import type { HttpResponse } from "../../platform/http.ts";
import { cut, oneLine } from "./bounded-text.ts";

/** Errors after which nothing can have arrived: there was no connection. */
const NOT_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

const MAX_REASON = 300;
const MAX_RETRY_AFTER_MS = 60 * 60_000;

/**
 * What no answer means: that it has to be sent again, unless it may have arrived and the receiver would not know it again (`doubles`).
 */
export function noAnswer(thrown: unknown, doubles: boolean): Delivery {
  const reason = cut(oneLine(messageOf(thrown)), MAX_REASON);
  return doubles && !NOT_SENT.test(codeOf(thrown)) ? { outcome: "unknown", reason } : { outcome: "retry", reason };
}

/** What an answer of another status than 2xx means; undefined for 2xx, which the channel reads itself. `secret` does not get into the reason, whatever the receiver repeats. */
export function refusal(response: HttpResponse, clock: Clock, secret = ""): Delivery | undefined {
  const { status } = response;
  if (status >= 200 && status < 300) return undefined;
  const reason = reasonOf(`${status} ${response.body.toString("utf8")}`, secret);
  if (status === 429) return throttled(reason, retryAfterMs(response, clock));
  if (status === 408 || status >= 500) {
    const afterMs = retryAfterMs(response, clock);
    return { outcome: "retry", reason, ...(afterMs === undefined ? {} : { afterMs }) };
  }
  return { outcome: "failed", reason };
}

/** Told to slow down, for so long where it was said. */
export function throttled(reason: string, afterMs: number | undefined): Delivery {
  return { outcome: "retry", throttled: true, reason, ...(afterMs === undefined ? {} : { afterMs }) };
}

/** A receiver's words as a reason: one short line without the secret. */
export function reasonOf(text: string, secret: string): string {
  return cut(oneLine(secret === "" ? text : text.replaceAll(secret, "[redacted]")), MAX_REASON);
}

/** Seconds or a date, at most an hour; undefined where nothing useful is said. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function retryAfterMs({ headers }: HttpResponse, clock: Clock): number | undefined {
  const value = String(headers?.["retry-after"] ?? "").trim();
  if (value === "") return undefined;
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - clock.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(Math.ceil(ms), 0), MAX_RETRY_AFTER_MS);
}

/** An answer's JSON object; undefined when it is none. */
export function jsonObject(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function codeOf(thrown: unknown): string {
  const cause = thrown instanceof BelfryError ? thrown.cause : thrown;
  // A host with several addresses fails with the errors of all of them.
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  return String((first as { code?: unknown } | undefined)?.code ?? "");
}
