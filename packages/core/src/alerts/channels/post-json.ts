import type { Delivery } from "../../event/notification.ts";
import type { Clock } from "../../platform/clock.ts";
import type { HttpResponse, SendHttp } from "../../platform/http.ts";
import { noAnswer, refusal } from "./answer.ts";
import type { SecretUse } from "./with-secret.ts";

/** Makes the sender for an origin, `https://host:port`; a path that is a secret goes with each request, and so into no error. */
export type SendTo = (origin: URL) => SendHttp;

/** Shorter parts of an address are words, such as the API's version. */
const MIN_SECRET_LENGTH = 8;

interface Post {
  /** Its path and query are secret. */
  readonly url: string;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** A second one would tell people twice. */
  readonly doubles: boolean;
  readonly signal: AbortSignal;
  /** What an answer of 2xx says besides; delivered when it is absent, or gives undefined. */
  readonly read?: (response: HttpResponse) => Delivery | undefined;
}

/** Posts JSON to an address that may be a secret; refused is an address that does not exist (any more). */
export async function postJson(sendTo: SendTo, post: Post): Promise<SecretUse> {
  const { url, body, headers = {}, clock, doubles, signal, read } = post;
  if (!URL.canParse(url) || !/^https?:\/\//.test(url)) {
    return {
      delivery: { outcome: "failed", reason: "the secret is not an address: expected https://…" },
      refused: true,
    };
  }
  const { origin, pathname, search } = new URL(url);
  let response: HttpResponse;
  try {
    const request = {
      method: "POST",
      path: pathname + search,
      headers: { "content-type": "application/json; charset=utf-8", ...headers },
      body: Buffer.from(JSON.stringify(body)),
    } as const;
    response = await sendTo(new URL(origin))(request, signal);
  } catch (thrown) {
    return { delivery: noAnswer(thrown, doubles), refused: false };
  }
  const { status } = response;
  const refused = status === 401 || status === 403 || status === 404 || status === 410;
  const delivery = deliveryOf(response, clock, doubles) ?? read?.(response) ?? { outcome: "delivered" };
  return { delivery: withoutAddress(delivery, new URL(url)), refused };
}

/** A receiver's page may repeat the address that was asked for. */
function withoutAddress(delivery: Delivery, { pathname, search, searchParams }: URL): Delivery {
  if (!("reason" in delivery)) return delivery;
  const parts = [search, pathname, ...searchParams.values(), ...pathname.split("/")];
  const secrets = parts.filter((part) => part.length >= MIN_SECRET_LENGTH);
  return { ...delivery, reason: secrets.reduce((text, part) => text.replaceAll(part, "[redacted]"), delivery.reason) };
}

function deliveryOf(response: HttpResponse, clock: Clock, doubles: boolean): Delivery | undefined {
  // A gateway gives up on what stands behind it, which may have gone on.
  if (doubles && (response.status === 502 || response.status === 504)) {
    return { outcome: "unknown", reason: `${response.status} of a gateway` };
  }
  return refusal(response, clock);
}
