import type { Delivery } from "../../event/notification.ts";
import type { Clock } from "../../platform/clock.ts";
import type { HttpResponse, SendHttp } from "../../platform/http.ts";
import { jsonObject, noAnswer, reasonOf, refusal, retryAfterMs, throttled } from "./answer.ts";

/** An answer of Slack's, or what its absence or its error comes to. */
export type SlackResult =
  | { readonly ok: true; readonly body: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly error: string; readonly delivery: Delivery };

/** Calls of the Web API with one token. */
export interface SlackCall {
  /** `doubles`: a second call would post a second message. */
  post(method: string, body: object, doubles: boolean): Promise<SlackResult>;
  get(method: string, query: Readonly<Record<string, string>>): Promise<SlackResult>;
  /** Whether Slack has said that the token is not, or no more, valid. */
  tokenRefused(): boolean;
}

// Errors of every method. https://docs.slack.dev/reference/methods/chat.postMessage#errors
const BAD_TOKEN = /^(not_authed|invalid_auth|account_inactive|token_revoked|token_expired)$/;
const SLOW_DOWN = /^(ratelimited|rate_limited|message_limit_exceeded)$/;
const PASSING = /^(internal_error|service_unavailable|request_timeout|team_added_to_org)$/;
// "Some aspect of the operation succeeded before the error was raised."
const HALF_DONE = /^fatal_error$/;

/** The Web API, with one attempt a call. */
export function slackCall(
  { send, clock }: { readonly send: SendHttp; readonly clock: Clock },
  token: string,
  signal: AbortSignal,
): SlackCall {
  let refused = false;
  const authorization = `Bearer ${token}`;
  const read = async (call: () => Promise<HttpResponse>, doubles: boolean): Promise<SlackResult> => {
    let response: HttpResponse;
    try {
      response = await call();
    } catch (thrown) {
      return { ok: false, error: "", delivery: noAnswer(thrown, doubles) };
    }
    const result = readAnswer(response, clock, { token, doubles });
    if (!result.ok && BAD_TOKEN.test(result.error)) refused = true;
    return result;
  };
  return {
    post: (method, body, doubles) => {
      const headers = { authorization, "content-type": "application/json; charset=utf-8" };
      const request = { method: "POST", path: `/${method}`, headers, body: Buffer.from(JSON.stringify(body)) } as const;
      return read(() => send(request, signal), doubles);
    },
    get: (method, query) => {
      const path = `/${method}?${new URLSearchParams(query)}`;
      return read(() => send({ method: "GET", path, headers: { authorization } }, signal), false);
    },
    tokenRefused: () => refused,
  };
}

function readAnswer(
  response: HttpResponse,
  clock: Clock,
  { token, doubles }: { readonly token: string; readonly doubles: boolean },
): SlackResult {
  const refusedBy = refusal(response, clock, token);
  if (refusedBy !== undefined) {
    // A server's error may come after the message was posted, unlike being told to slow down.
    const mayHaveArrived = doubles && response.status >= 500;
    const delivery = mayHaveArrived ? unknown(`${response.status}`) : refusedBy;
    return { ok: false, error: "", delivery };
  }
  const body = jsonObject(response.body);
  if (body?.ok === true) return { ok: true, body };
  if (body === undefined || typeof body.error !== "string") {
    const reason = "an answer that is not Slack's";
    return { ok: false, error: "", delivery: doubles ? unknown(reason) : { outcome: "retry", reason } };
  }
  const { error } = body;
  return { ok: false, error, delivery: errorDelivery(error, response, clock, { token, doubles, needed: body.needed }) };
}

function errorDelivery(
  error: string,
  response: HttpResponse,
  clock: Clock,
  { token, doubles, needed }: { readonly token: string; readonly doubles: boolean; readonly needed: unknown },
): Delivery {
  const scope = typeof needed === "string" ? ` (the app needs the scope ${needed})` : "";
  const reason = reasonOf(`Slack: ${error}${scope}`, token);
  if (SLOW_DOWN.test(error)) return throttled(reason, retryAfterMs(response, clock));
  if (PASSING.test(error)) return { outcome: "retry", reason };
  if (HALF_DONE.test(error)) return doubles ? unknown(reason) : { outcome: "retry", reason };
  return { outcome: "failed", reason };
}

function unknown(reason: string): Delivery {
  return { outcome: "unknown", reason };
}
