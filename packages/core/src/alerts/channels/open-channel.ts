import type { ChannelConfig } from "../../config/channels/schema.ts";
import type { Clock } from "../../platform/clock.ts";
import type { PublishMessage, SendMail } from "../../platform/mail-client.ts";
import type { Secrets } from "../../platform/secrets-client.ts";
import type { Table } from "../../platform/table-client.ts";
import type { Channel } from "./channel.ts";
import { emailChannel } from "./email.ts";
import { inboxChannel } from "./inbox.ts";
import { pagerDutyChannel } from "./pagerduty.ts";
import type { SendTo } from "./post-json.ts";
import { slackChannel } from "./slack.ts";
import { slackWebhookChannel } from "./slack-webhook.ts";
import { snsChannel } from "./sns.ts";
import { teamsChannel } from "./teams.ts";
import { webhookChannel } from "./webhook.ts";

/** What channels send with. A region is absent for the function's own. */
export interface ChannelPorts {
  readonly sendTo: SendTo;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly table: Table;
  readonly mailer: (region: string | undefined) => SendMail;
  readonly publisher: (region: string) => PublishMessage;
  /** Belfry's own topic, for channels of type sns that name none; absent where there is none. */
  readonly notifyTopicArn?: string;
}

/** Makes the channel that a configuration describes. Nothing is read or sent by that. */
export function openChannel(name: string, config: ChannelConfig, ports: ChannelPorts): Channel {
  switch (config.type) {
    case "slack":
      return slackChannel(name, config, { ...ports, send: ports.sendTo(new URL(config.endpoint)) });
    case "slack-webhook":
      return slackWebhookChannel(name, config, ports);
    case "pagerduty":
      return pagerDutyChannel(name, config, ports);
    case "teams":
      return teamsChannel(name, config, ports);
    case "email":
      return emailChannel(name, config, ports.mailer(config.region));
    case "sns":
      return openSns(name, config.topicArn ?? ports.notifyTopicArn, ports);
    case "webhook":
      return webhookChannel(name, config, ports);
    case "inbox":
      return inboxChannel(name, ports.table);
  }
}

/** Without a topic each notification fails at once, and so reaches the fall-back. */
function openSns(name: string, topicArn: string | undefined, { publisher }: ChannelPorts): Channel {
  const reason = "the channel has no topic: give it a topicArn, or set BELFRY_NOTIFY_TOPIC_ARN";
  if (topicArn === undefined) return { name, canCheck: true, deliver: async () => ({ outcome: "failed", reason }) };
  return snsChannel(name, topicArn, publisher(topicArn.split(":")[3] ?? ""));
}
