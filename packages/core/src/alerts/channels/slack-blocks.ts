import type { Severity } from "../../event/alert.ts";
import type { IncidentAction, Notification, NotificationAction } from "../../event/notification.ts";
import { cut, cutEscaped, mostThatFit, oneLine } from "./bounded-text.ts";
import { alertLines, since, statusWord } from "./headline.ts";
import { escapeSlackCharacter, slackLink, unformatted } from "./slack-escape.ts";

// https://docs.slack.dev/reference/block-kit/blocks/ and …/block-elements/button-element
const MAX_HEADER = 150;
const MAX_SECTION = 3000;
const MAX_FIELD = 2000;
const MAX_FIELDS = 10;
const MAX_BUTTON_TEXT = 75;
const MAX_BUTTON_VALUE = 2000;
const MAX_BLOCK_ID = 255;
const MAX_CONFIRMATION = 300;
export const MAX_SLACK_BLOCKS = 50;

/** Blocks together: not documented, what Slack was seen to take. https://github.com/slackapi/bolt-js/issues/2509 */
export const MAX_SLACK_CHARS = 13_000;

const MAX_TEXT = 1000;

/** What a message is of: the blocks that are shown, and the text of push notifications and screen readers. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly object[];
}

const ICONS: Readonly<Record<Severity, string>> = { critical: "🔴", error: "🟠", warning: "🟡", info: "🔵" };

/** How our messages are known again in a channel's history: the id of their first block. */
export function slackMark(notification: Notification): string {
  return notification.id.slice(0, MAX_BLOCK_ID);
}

/** The same for what is added to a thread, whose first message has the mark of the last notification too. */
export function slackReplyMark(notification: Notification): string {
  const suffix = "-reply";
  return notification.id.slice(0, MAX_BLOCK_ID - suffix.length) + suffix;
}

/**
 * The message of a notification, within Slack's limits: what does not fit is left out from its end, the alerts first. Its first block has `slackMark` for its id. With
 * buttons only where the app can hear of them, else with the actions' links.
 */
export function slackMessage(notification: Notification, options: { readonly buttons: boolean }): SlackMessage {
  const headline = `${iconOf(notification)} ${statusWord(notification)}: ${oneLine(notification.title)}`;
  const head = [
    {
      type: "header",
      block_id: slackMark(notification),
      text: { type: "plain_text", text: cut(headline, MAX_HEADER), emoji: false },
    },
    context(escaped(since(notification), MAX_SECTION)),
  ];
  const { links, actions } = notification;
  const foot = [...linkBlock(links), ...(options.buttons ? buttonBlock(actions) : linkBlock(actions))];
  const details = [
    ...textBlocks(notification.lines),
    ...fieldBlock(notification),
    ...textBlocks(alertLines(notification)),
  ];
  const blocks = mostThatFit(
    details,
    (kept, leftOut) => [...head, ...kept, ...(leftOut === 0 ? [] : [context("… shortened")]), ...foot],
    (all) => all.length <= MAX_SLACK_BLOCKS && JSON.stringify(all).length <= MAX_SLACK_CHARS,
  );
  return { text: escaped(headline, MAX_TEXT), blocks };
}

/**
 * What is added to a message's thread: what is new, in short. Its block has `slackReplyMark` for its id. What asks for an approval has its button here too: the
 * message above it is edited when something else is said.
 */
export function slackReply(notification: Notification, options: { readonly buttons: boolean }): SlackMessage {
  const text = [`${statusWord(notification)}: ${oneLine(notification.title)}`, ...notification.lines].join("\n");
  const block = { type: "section", block_id: slackReplyMark(notification), text: mrkdwn(escaped(text, MAX_SECTION)) };
  const approvals = notification.actions.filter(({ action }) => action === "approve");
  const actions = options.buttons ? buttonBlock(approvals) : linkBlock(approvals);
  return { text: escaped(text, MAX_TEXT), blocks: [block, ...actions] };
}

function iconOf({ status, severity }: Notification): string {
  if (status === "resolved") return "🟢";
  return status === "open" ? ICONS[severity] : "⚪";
}

/** A section for as many lines as go into one, so that leaving out begins with the last. */
function textBlocks(lines: readonly string[]): object[] {
  const texts: string[] = [];
  for (const line of lines) {
    const text = escaped(line, MAX_SECTION);
    const joined = texts.length === 0 ? undefined : `${texts.at(-1)}\n${text}`;
    if (joined !== undefined && joined.length <= MAX_SECTION) texts[texts.length - 1] = joined;
    else texts.push(text);
  }
  return texts.map((text) => ({ type: "section", text: mrkdwn(text) }));
}

function fieldBlock({ fields }: Notification): object[] {
  if (fields.length === 0) return [];
  const shown = fields.slice(0, MAX_FIELDS).map(({ title, value }) => {
    const name = `*${escaped(oneLine(title), MAX_BUTTON_TEXT)}*\n`;
    return mrkdwn(name + escaped(value, MAX_FIELD - name.length));
  });
  return [{ type: "section", fields: shown }];
}

/** Those that have an address, as far as they fit. */
function linkBlock(links: readonly { readonly title: string; readonly url?: string }[]): object[] {
  const texts: string[] = [];
  for (const { url, title } of links) {
    if (url === undefined) continue;
    const link = slackLink(url, escaped(oneLine(title), MAX_BUTTON_TEXT));
    if ([...texts, link].join(" · ").length <= MAX_SECTION) texts.push(link);
  }
  return texts.length === 0 ? [] : [{ type: "section", text: mrkdwn(texts.join(" · ")) }];
}

function buttonBlock(actions: readonly NotificationAction[]): object[] {
  const pressable = actions.filter(({ value }) => value.length <= MAX_BUTTON_VALUE);
  return pressable.length === 0 ? [] : [{ type: "actions", elements: pressable.map(button) }];
}

function button({ action, title, value }: NotificationAction): object {
  const text = { type: "plain_text", text: cut(title, MAX_BUTTON_TEXT), emoji: false };
  const approval = action === "approve" ? { style: "primary", confirm: confirmation(title) } : {};
  return { type: "button", action_id: buttonId(action), text, value, ...approval };
}

/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */
function confirmation(title: string): object {
  const plain = (text: string) => ({ type: "plain_text", text, emoji: false });
  return {
    title: plain("Are you sure?"),
    text: plain(cut(title, MAX_CONFIRMATION)),
    confirm: plain("Yes"),
    deny: plain("No"),
  };
}

/** By what Slack names a button when it is pressed. */
export function buttonId(action: IncidentAction): string {
  return `belfry_${action}`;
}

function context(text: string): object {
  return { type: "context", elements: [mrkdwn(text)] };
}

/** Verbatim: what looks like an address or a name in the text of an alert does not become a link. */
function mrkdwn(text: string): object {
  return { type: "mrkdwn", text, verbatim: true };
}

function escaped(text: string, maxLength: number): string {
  return cutEscaped(unformatted(text), maxLength, escapeSlackCharacter);
}
