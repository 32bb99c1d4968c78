import type { ChannelConfigOf } from "../../config/channels/schema.ts";
import { throttled } from "./answer.ts";
import { type Channel, isNews, NO_NEWS } from "./channel.ts";
import { postJson } from "./post-json.ts";
import type { WebhookPorts } from "./slack-webhook.ts";
import { teamsMessage } from "./teams-card.ts";
import { withSecret } from "./with-secret.ts";

// Older connectors answered 200 all the same, with the refusal as text.
const HIDDEN_REFUSAL = /HTTP error (\d{3})/;

/** Posts a card to a Microsoft Teams Workflow ("Post to a channel when a webhook request is received"). Nothing can be edited or looked for: a Workflow answers 202 and no more. */
export function teamsChannel(
  name: string,
  config: ChannelConfigOf<"teams">,
  { sendTo, secrets, clock }: WebhookPorts,
): Channel {
  return {
    name,
    canCheck: false,
    deliver: async (notification, _previous, { signal }) => {
      if (!isNews(notification)) return NO_NEWS;
      return withSecret(secrets, config.url, signal, (url) =>
        postJson(sendTo, {
          url,
          body: teamsMessage(notification),
          clock,
          doubles: true,
          signal,
          read: ({ body }) => {
            const status = HIDDEN_REFUSAL.exec(body.toString("utf8"))?.[1];
            if (status === undefined) return undefined;
            const reason = `Teams: HTTP error ${status}`;
            return status === "429" ? throttled(reason, undefined) : { outcome: "failed", reason };
          },
        }),
      );
    },
  };
}
