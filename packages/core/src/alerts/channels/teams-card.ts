import type { Severity } from "../../event/alert.ts";
import type { Notification } from "../../event/notification.ts";
import { cutEscaped, jsonBytes, mostThatFit, oneLine } from "./bounded-text.ts";
import { alertLines, since, statusWord } from "./headline.ts";

/** Microsoft says 28 KB; cards from 21 KB on were seen to be refused. https://learn.microsoft.com/en-us/microsoftteams/limits-specifications-teams */
export const MAX_CARD_BYTES = 21_000;

const MAX_TITLE = 500;
const MAX_TEXT = 2000;
const MAX_TITLE_OF_LINK = 60;
const MAX_ACTIONS = 6;

/** Version that Teams shows on all its clients. https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/cards-reference#adaptive-card */
const CARD_VERSION = "1.4";

// Cards know bold, italic, lists and links of Markdown, and functions of date and time in double braces.
// https://learn.microsoft.com/en-us/adaptive-cards/authoring-cards/text-features
const MARKDOWN = /[\\`*_~[\]]/;

const COLORS: Readonly<Record<Severity, string>> = {
  critical: "Attention",
  error: "Attention",
  warning: "Warning",
  info: "Accent",
};

/**
 * The message of a notification for a Workflow: an adaptive card, smaller than Teams refuses; what does not fit is left out from its end. Cards of Workflows
 * cannot bring anything back, so their actions open signed links. https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
 */
export function teamsMessage(notification: Notification): object {
  const heading = {
    ...textBlock(`${statusWord(notification)}: ${oneLine(notification.title)}`, MAX_TITLE),
    size: "Large",
    weight: "Bolder",
    color: notification.status === "resolved" ? "Good" : COLORS[notification.severity],
  };
  const facts = { type: "FactSet", facts: notification.fields.map(({ title, value }) => fact(title, value)) };
  const details = [
    ...notification.lines.map((line) => textBlock(line, MAX_TEXT)),
    ...(notification.fields.length === 0 ? [] : [facts]),
    ...alertLines(notification).map((line) => textBlock(line, MAX_TEXT)),
  ];
  return mostThatFit(
    details,
    (kept, leftOut) => {
      const end = leftOut === 0 ? [] : [textBlock("… shortened", MAX_TITLE)];
      return envelope(
        [heading, { ...textBlock(since(notification), MAX_TITLE), isSubtle: true }, ...kept, ...end],
        notification,
      );
    },
    (message) => jsonBytes(message) < MAX_CARD_BYTES,
  );
}

function envelope(body: readonly object[], { actions, links }: Notification): object {
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: CARD_VERSION,
    msteams: { width: "Full" },
    body,
    actions: [...actions.flatMap(({ title, url }) => (url === undefined ? [] : [{ title, url }])), ...links]
      .slice(0, MAX_ACTIONS)
      .map(({ title, url }) => ({ type: "Action.OpenUrl", title: oneLine(title).slice(0, MAX_TITLE_OF_LINK), url })),
  };
  return {
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }],
  };
}

function textBlock(text: string, maxLength: number): object {
  return { type: "TextBlock", text: cutEscaped(text, maxLength, plain), wrap: true };
}

function fact(title: string, value: string): object {
  return { title: cutEscaped(oneLine(title), MAX_TITLE_OF_LINK, plain), value: cutEscaped(value, MAX_TEXT, plain) };
}

/** A character that stands for itself. A backslash does not keep braces apart: what is between two of them would be a function. */
function plain(character: string): string {
  if (character === "{" || character === "}") return `${character}\u2060`;
  return MARKDOWN.test(character) ? `\\${character}` : character;
}
