import type { Notification } from "../../event/notification.ts";
import type { Mail } from "../../platform/mail-client.ts";
import { cut, oneLine } from "./bounded-text.ts";
import { alertLines, since, statusWord } from "./headline.ts";

/** A subject that most clients show whole is far shorter; 998 bytes are a line's limit. https://www.rfc-editor.org/rfc/rfc5322#section-2.1.1 */
const MAX_SUBJECT = 200;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

type MailText = Pick<Mail, "subject" | "text" | "html" | "headers">;

/**
 * The e-mail of a notification, as text and as HTML. SES gives each message an id of its own, so that all mails of an incident name one that never was as the mail that they
 * answer: that is enough for clients to show them as one conversation.
 */
export function mailText(notification: Notification): MailText {
  const root = `<${notification.dedupKey}@belfry.invalid>`;
  return {
    subject: cut(oneLine(`[${statusWord(notification)}] ${notification.title}`), MAX_SUBJECT),
    text: plainText(notification),
    html: htmlText(notification),
    headers: [
      { name: "References", value: root },
      { name: "In-Reply-To", value: root },
      // Keeps out-of-office notes from coming back. https://www.rfc-editor.org/rfc/rfc3834#section-5
      { name: "Auto-Submitted", value: "auto-generated" },
      { name: "X-Belfry-Notification", value: notification.id },
    ],
  };
}

/** A notification as plain text; for channels that have no other. */
export function plainText(notification: Notification): string {
  const { title, lines, fields, actions, links } = notification;
  const sections = [
    [`${statusWord(notification)}: ${oneLine(title)}`, since(notification)],
    lines,
    fields.map((field) => `${field.title}: ${field.value}`),
    alertLines(notification),
    actions.flatMap((action) => (action.url === undefined ? [] : [`${action.title}: ${action.url}`])),
    links.map((link) => `${oneLine(link.title)}: ${link.url}`),
  ];
  return sections
    .filter((section) => section.length > 0)
    .map((section) => `${section.join("\n")}\n`)
    .join("\n");
}

function htmlText(notification: Notification): string {
  const { title, lines, fields, actions, links } = notification;
  const list = (items: readonly string[]): string =>
    items.length === 0 ? "" : `<ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul>`;
  const rows = fields.map(
    (field) => `<tr><th align="left">${html(field.title)}</th><td>${html(field.value)}</td></tr>`,
  );
  return [
    '<!doctype html><html><body style="font-family:sans-serif">',
    `<h2>${html(statusWord(notification))}: ${html(oneLine(title))}</h2>`,
    `<p>${html(since(notification))}</p>`,
    lines.length === 0 ? "" : `<p>${lines.map(html).join("<br>")}</p>`,
    rows.length === 0 ? "" : `<table cellpadding="4">${rows.join("")}</table>`,
    list(alertLines(notification).map(html)),
    list(actions.flatMap((action) => (action.url === undefined ? [] : [anchor(action.url, action.title)]))),
    list(links.map((link) => anchor(link.url, oneLine(link.title)))),
    "</body></html>",
  ].join("");
}

function anchor(url: string, title: string): string {
  return `<a href="${html(url)}">${html(title)}</a>`;
}

function html(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
