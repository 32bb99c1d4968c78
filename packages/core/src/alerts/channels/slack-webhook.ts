import type { ChannelConfigOf } from "../../config/channels/schema.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Secrets } from "../../platform/secrets-client.ts";
import { type Channel, isNews, NO_NEWS } from "./channel.ts";
import { postJson, type SendTo } from "./post-json.ts";
import { slackMessage } from "./slack-blocks.ts";
import { withSecret } from "./with-secret.ts";

export interface WebhookPorts {
  readonly sendTo: SendTo;
  readonly secrets: Secrets;
  readonly clock: Clock;
}

/**
 * Posts to a Slack incoming webhook, which answers nothing but "ok": no message can be edited, answered or looked for, and its buttons would tell nobody.
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export function slackWebhookChannel(
  name: string,
  config: ChannelConfigOf<"slack-webhook">,
  { sendTo, secrets, clock }: WebhookPorts,
): Channel {
  return {
    name,
    canCheck: false,
    deliver: async (notification, _previous, { signal }) => {
      if (!isNews(notification)) return NO_NEWS;
      return withSecret(secrets, config.url, signal, (url) =>
        postJson(sendTo, { url, body: slackMessage(notification, { buttons: false }), clock, doubles: true, signal }),
      );
    },
  };
}
