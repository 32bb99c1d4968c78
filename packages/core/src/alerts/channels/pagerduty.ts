import type { ChannelConfigOf } from "../../config/channels/schema.ts";
import type { Delivery } from "../../event/notification.ts";
import { type Channel, isNews, NO_NEWS } from "./channel.ts";
import { pagerDutyEvent } from "./pagerduty-event.ts";
import { postJson } from "./post-json.ts";
import type { WebhookPorts } from "./slack-webhook.ts";
import { withSecret } from "./with-secret.ts";

const PATH = "/v2/enqueue";

/**
 * Opens, acknowledges and resolves PagerDuty incidents. PagerDuty knows events of one `dedup_key` again, so none is doubled however often it is sent. What follows goes to the endpoint and by the
 * routing key of the opening, whatever the configuration says by then: another integration would not know the incident.
 */
export function pagerDutyChannel(
  name: string,
  config: ChannelConfigOf<"pagerduty">,
  { sendTo, secrets, clock }: WebhookPorts,
): Channel {
  return {
    name,
    canCheck: true,
    deliver: async (notification, previous, { signal }) => {
      // Where somebody has closed the incident there, it would begin another.
      if (!isNews(notification) && notification.status === "open") return NO_NEWS;
      const { routingKey = config.routingKey, endpoint = config.endpoint } = previous ?? {};
      const delivery = await withSecret(secrets, routingKey, signal, async (key) => {
        const event = pagerDutyEvent(notification, key);
        const { delivery: made } = await postJson(sendTo, {
          url: endpoint.replace(/\/+$/, "") + PATH,
          body: event,
          clock,
          doubles: false,
          signal,
          read: ({ status }) => (status === 202 ? undefined : unexpected(status)),
        });
        const said = withoutKey(made, key);
        // A routing key that nobody knows is said by 400 as well as any other mistake.
        return { delivery: said, refused: said.outcome === "failed" };
      });
      return delivery.outcome === "delivered" ? { ...delivery, reference: { routingKey, endpoint } } : delivery;
    },
  };
}

/** A success is 202; any other is somebody else's, such as a proxy's page. */
function unexpected(status: number): Delivery {
  return { outcome: "retry", reason: `${status} where PagerDuty answers 202` };
}

/** PagerDuty's words may repeat what was sent. */
function withoutKey(delivery: Delivery, key: string): Delivery {
  return "reason" in delivery ? { ...delivery, reason: delivery.reason.replaceAll(key, "[redacted]") } : delivery;
}
