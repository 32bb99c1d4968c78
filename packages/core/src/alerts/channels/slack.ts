import type { ChannelConfigOf } from "../../config/channels/schema.ts";
import type { ChannelReference, Delivery, Notification } from "../../event/notification.ts";
import type { Clock } from "../../platform/clock.ts";
import type { SendHttp } from "../../platform/http.ts";
import type { Secrets } from "../../platform/secrets-client.ts";
import type { Channel, DeliveryContext } from "./channel.ts";
import { type SlackCall, type SlackResult, slackCall } from "./slack-api.ts";
import { slackMark, slackMessage, slackReply, slackReplyMark } from "./slack-blocks.ts";
import { withSecret } from "./with-secret.ts";

export interface SlackPorts {
  /** To the configured endpoint. */
  readonly send: SendHttp;
  readonly secrets: Secrets;
  readonly clock: Clock;
}

/** Where a message is, by the answer to its posting. */
interface Place {
  readonly channel: string;
  readonly ts: string;
}

/** Errors that say that there is no such message to edit any more: then it is posted anew. https://docs.slack.dev/reference/methods/chat.update */
const NOT_EDITABLE = new Set(["message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"]);

/** How far a channel's history is read for a message of unknown outcome: back to when it was decided to say it. */
const HISTORY_PAGES = 10;
const HISTORY_PAGE = 200;
const EARLIER_S = 60;

/**
 * Posts by a bot's token. One message for each incident, edited in place, with what happened in its thread; reminders are shown in the channel too. A message that may have been posted is looked for in the channel's
 * history before it is posted again, which needs the scope `channels:history` (or `groups:history`).
 */
export function slackChannel(name: string, config: ChannelConfigOf<"slack">, ports: SlackPorts): Channel {
  const target = { channel: config.channel, buttons: config.signingSecret !== undefined };
  return {
    name,
    canCheck: true,
    deliver: (notification, previous, context) =>
      withSecret(ports.secrets, config.token, context.signal, async (token) => {
        const call = slackCall(ports, token, context.signal);
        const delivery = await deliver(call, target, notification, placeOf(previous), context);
        return { delivery, refused: call.tokenRefused() };
      }),
  };
}

/** The channel where messages begin, and whether the app hears of their buttons. */
interface Target {
  readonly channel: string;
  readonly buttons: boolean;
}

async function deliver(
  call: SlackCall,
  target: Target,
  notification: Notification,
  previous: Place | undefined,
  { attempt }: DeliveryContext,
): Promise<Delivery> {
  const isCheck = attempt === "check";
  if (previous === undefined) return postMessage(call, target, notification, isCheck);
  const message = slackMessage(notification, target);
  const edited = await call.post("chat.update", { ...previous, ...message }, false);
  if (edited.ok) return postReply(call, { ...target, place: previous }, notification, isCheck);
  return NOT_EDITABLE.has(edited.error) ? postMessage(call, target, notification, isCheck) : edited.delivery;
}

/** The incident's own message. */
async function postMessage(
  call: SlackCall,
  target: Target,
  notification: Notification,
  isCheck: boolean,
): Promise<Delivery> {
  const { channel } = target;
  if (isCheck) {
    const found = await find(
      call,
      "conversations.history",
      { channel },
      { mark: slackMark(notification), at: notification.at },
    );
    if (typeof found !== "boolean") return found;
  }
  const body = { channel, ...slackMessage(notification, target), unfurl_links: false };
  return settled(await call.post("chat.postMessage", body, true));
}

/** What happened, below the incident's message, whose place stays the reference. */
async function postReply(
  call: SlackCall,
  { place, buttons }: Target & { readonly place: Place },
  notification: Notification,
  isCheck: boolean,
): Promise<Delivery> {
  const reference = { ...place };
  if (isCheck) {
    const ours = { mark: slackReplyMark(notification), at: notification.at };
    const found = await find(call, "conversations.replies", { channel: place.channel, ts: place.ts }, ours);
    if (typeof found !== "boolean") return found.outcome === "delivered" ? { ...found, reference } : found;
  }
  const body = {
    channel: place.channel,
    thread_ts: place.ts,
    reply_broadcast: notification.kind === "reminder",
    ...slackReply(notification, { buttons }),
    unfurl_links: false,
  };
  const delivery = settled(await call.post("chat.postMessage", body, true));
  return delivery.outcome === "delivered" ? { ...delivery, reference } : delivery;
}

/** Looks for our message by its mark: delivered where it is there, false where it certainly is not. */
async function find(
  call: SlackCall,
  method: string,
  where: Readonly<Record<string, string>>,
  { mark, at }: { readonly mark: string; readonly at: number },
): Promise<Delivery | false> {
  const oldest = String(Math.floor(at / 1000) - EARLIER_S);
  let cursor = "";
  for (let page = 0; page < HISTORY_PAGES; page++) {
    const query = { ...where, oldest, inclusive: "true", limit: String(HISTORY_PAGE), ...(cursor && { cursor }) };
    const answer = await call.get(method, query);
    if (!answer.ok) return cannotLook(answer);
    const ours = messagesOf(answer.body).find((message) => isOurs(message, mark));
    if (ours !== undefined) return { outcome: "delivered", reference: { channel: where.channel ?? "", ts: ours.ts } };
    cursor = cursorOf(answer.body);
    if (cursor === "") return false;
  }
  return { outcome: "unknown", reason: "the message was not found in the first pages of the channel's history" };
}

/** Where the history may not be read, whether the message is there stays unknown. */
function cannotLook({ delivery }: SlackResult & { readonly ok: false }): Delivery {
  if (delivery.outcome !== "failed") return delivery;
  return { outcome: "unknown", reason: `cannot look whether the message was posted: ${delivery.reason}` };
}

interface HistoryMessage {
  readonly ts: string;
  readonly blocks?: readonly { readonly block_id?: unknown }[];
}

function messagesOf({ messages }: Readonly<Record<string, unknown>>): readonly HistoryMessage[] {
  return Array.isArray(messages) ? messages : [];
}

function isOurs({ blocks }: HistoryMessage, mark: string): boolean {
  return Array.isArray(blocks) && blocks.some(({ block_id }) => block_id === mark);
}

function cursorOf({ response_metadata }: Readonly<Record<string, unknown>>): string {
  const { next_cursor } = (response_metadata ?? {}) as { readonly next_cursor?: unknown };
  return typeof next_cursor === "string" ? next_cursor : "";
}

function settled(answer: SlackResult): Delivery {
  if (!answer.ok) return answer.delivery;
  const { channel, ts } = answer.body;
  if (typeof channel === "string" && typeof ts === "string") {
    return { outcome: "delivered", reference: { channel, ts } };
  }
  return { outcome: "unknown", reason: "Slack said ok, and not where the message is" };
}

function placeOf(reference: ChannelReference | undefined): Place | undefined {
  const { channel, ts } = reference ?? {};
  return channel === undefined || ts === undefined ? undefined : { channel, ts };
}
