// https://docs.slack.dev/messaging/formatting-message-text/#escaping
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

// Formatting works between other than word characters, and Slack knows no way to escape it: a word joiner in front, which cannot be seen, makes it plain.
const OPENS_FORMAT = /(?<![\p{L}\p{N}])([*_~`])(?=\S)/gu;
const WORD_JOINER = "\u2060";

/** One character of mrkdwn that stands for itself. */
export function escapeSlackCharacter(character: string): string {
  return ENTITIES[character] ?? character;
}

/** Text in mrkdwn that stands for itself: no mention, link or entity; to be escaped character by character after. */
export function unformatted(text: string): string {
  return text.replaceAll(OPENS_FORMAT, `${WORD_JOINER}$1`);
}

/** A link in mrkdwn. The address must be one that `URL` has written, so that only these characters can end it early. */
export function slackLink(url: string, escapedTitle: string): string {
  const address = url.replaceAll("&", "&amp;").replaceAll("|", "%7C").replaceAll("<", "%3C").replaceAll(">", "%3E");
  return `<${address}|${escapedTitle.replaceAll("|", "¦")}>`;
}
