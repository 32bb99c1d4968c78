import * as z from "zod";
import { ChannelName, DELIVERY } from "./delivery.ts";
import { SecretReference } from "./secret-reference.ts";

const Address = z.email("expected an e-mail address");
const TopicArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/, "expected the ARN of an SNS topic");

// What is sent names accounts and resources; a receiver of one's own on the same machine is for trying.
const WebhookUrl = z
  .url({ protocol: /^https?$/ })
  .refine((url) => /^https:|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(url), "expected https://…")
  .refine(
    (url) => new URL(url).username === "",
    "a user name in it would be a secret: sign with signingSecret instead",
  );

/** A Slack app's bot: posts, edits in place, answers in threads, and has buttons. */
const Slack = z.strictObject({
  ...DELIVERY,
  type: z.literal("slack"),
  token: SecretReference.describe("the bot token, xoxb-…"),
  channel: z
    .string()
    .regex(/^[CGD][A-Z0-9]{5,}$/, "expected the channel's id, such as C024BE91L: at the end of its details in Slack")
    .describe("the channel's id; a name would not say which channel after it was renamed"),
  signingSecret: SecretReference.optional().describe(
    "the app's signing secret: with it a message has buttons, without it signed links",
  ),
  endpoint: z
    .url()
    .default("https://slack.com/api")
    .describe("for tests, and for GovSlack (https://slack-gov.com/api)"),
});

/** A Slack incoming webhook: posts only. */
const SlackWebhook = z.strictObject({
  ...DELIVERY,
  type: z.literal("slack-webhook"),
  url: SecretReference.describe("the webhook's address, which is a secret"),
});

const PagerDuty = z.strictObject({
  ...DELIVERY,
  type: z.literal("pagerduty"),
  routingKey: SecretReference.describe("the integration key of an Events API v2 integration"),
  endpoint: z
    .url()
    .default("https://events.pagerduty.com")
    .describe("https://events.eu.pagerduty.com for accounts of the EU region"),
});

const Teams = z.strictObject({
  ...DELIVERY,
  type: z.literal("teams"),
  url: SecretReference.describe("the address of a Workflow that posts cards, which is a secret"),
});

const Email = z.strictObject({
  ...DELIVERY,
  type: z.literal("email"),
  from: Address.describe("an address or a domain's address that SES has verified"),
  to: z.array(Address).min(1).max(50).describe("at most SES's 50 recipients of one message"),
  region: z.string().optional().describe("of SES; the function's own when absent"),
  configurationSet: z.string().min(1).optional(),
});

const Sns = z.strictObject({
  ...DELIVERY,
  type: z.literal("sns"),
  topicArn: TopicArn.optional().describe("Belfry's own topic, which the alerting stack makes, when absent"),
});

const Webhook = z.strictObject({
  ...DELIVERY,
  type: z.literal("webhook"),
  url: WebhookUrl,
  signingSecret: SecretReference.describe("signs each request, so that its receiver knows the sender"),
});

/** The channel that there is without being written. */
const INBOX = "inbox";

/** Belfry's own list, in its table: `belfry incidents` and the local console read it. */
const Inbox = z.strictObject({ ...DELIVERY, type: z.literal("inbox") });

const Channel = z.discriminatedUnion("type", [Slack, SlackWebhook, PagerDuty, Teams, Email, Sns, Webhook, Inbox]);

/** Where notifications go, by name. A fall-back names another channel of these, of which `inbox` is always one. */
export const Channels = z
  .record(ChannelName, Channel)
  .superRefine((channels, context) => {
    for (const [name, { fallback }] of Object.entries(channels)) {
      const isThere = fallback === INBOX || Object.hasOwn(channels, fallback ?? name);
      if (isThere && fallback !== name) continue;
      const message = isThere ? "a channel cannot be its own fall-back" : `there is no channel ${fallback}`;
      context.addIssue({ code: "custom", path: [name, "fallback"], message });
    }
  })
  .transform((channels): Record<string, ChannelConfig> => ({ [INBOX]: Channel.parse({ type: "inbox" }), ...channels }))
  .prefault({});

/** One channel with its defaults. */
export type ChannelConfig = z.output<typeof Channel>;

/** One type of channel with its defaults. */
export type ChannelConfigOf<Type extends ChannelConfig["type"]> = Extract<ChannelConfig, { readonly type: Type }>;
