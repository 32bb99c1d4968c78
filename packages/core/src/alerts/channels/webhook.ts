import { createHmac } from "node:crypto";
import type { ChannelConfigOf } from "../../config/channels/schema.ts";
import type { Channel } from "./channel.ts";
import { postJson } from "./post-json.ts";
import type { WebhookPorts } from "./slack-webhook.ts";
import { withSecret } from "./with-secret.ts";

/** Version of the body and of its signature. */
const VERSION = "v1";

/**
 * Posts a notification as JSON to a receiver of one's own. It is signed as Slack signs: `belfry-signature: v1=<HMAC-SHA256 of "v1:" + belfry-timestamp + ":" + body>`, in hexadecimal. Each attempt has the
 * same `idempotency-key`, by which the receiver has to drop what it has already.
 */
export function webhookChannel(
  name: string,
  config: ChannelConfigOf<"webhook">,
  { sendTo, secrets, clock }: WebhookPorts,
): Channel {
  return {
    name,
    canCheck: true,
    deliver: (notification, _previous, { signal }) =>
      withSecret(secrets, config.signingSecret, signal, async (secret) => {
        const body = { version: VERSION, notification };
        const timestamp = String(Math.floor(clock.now() / 1000));
        const headers = {
          "belfry-timestamp": timestamp,
          "belfry-signature": webhookSignature(secret, timestamp, JSON.stringify(body)),
          "idempotency-key": notification.id,
        };
        const sent = await postJson(sendTo, { url: config.url, body, headers, clock, doubles: false, signal });
        // Of what a receiver of one's own refuses, only this can be about the secret.
        const refused = sent.delivery.outcome === "failed" && /^40[13] /.test(sent.delivery.reason);
        return { ...sent, refused };
      }),
  };
}

/** The signature of a body that was made at a time, epoch seconds as text. */
function webhookSignature(secret: string, timestamp: string, body: string): string {
  return `${VERSION}=${createHmac("sha256", secret).update(`${VERSION}:${timestamp}:${body}`).digest("hex")}`;
}
