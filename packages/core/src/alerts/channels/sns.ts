import type { Notification } from "../../event/notification.ts";
import type { PublishMessage } from "../../platform/mail-client.ts";
import { awsDelivery } from "./aws-answer.ts";
import { cut, oneLine } from "./bounded-text.ts";
import { type Channel, isNews, NO_NEWS } from "./channel.ts";
import { statusWord } from "./headline.ts";
import { plainText } from "./mail-body.ts";

// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
const MAX_SUBJECT = 100;
const MAX_MESSAGE_BYTES = 262_144;
// Attributes count too.
const RESERVED_BYTES = 2048;

/** A FIFO topic forgets ids after five minutes; before that a message that comes again is taken and not delivered. https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html */
const FIFO = ".fifo";

/** Publishes plain text to a topic, for e-mail with nothing to set up, SMS, or subscribers of one's own. */
export function snsChannel(name: string, topicArn: string, publish: PublishMessage): Channel {
  const isFifo = topicArn.endsWith(FIFO);
  return {
    name,
    canCheck: isFifo,
    deliver: async (notification, _previous, { signal }) => {
      if (!isNews(notification)) return NO_NEWS;
      const { dedupKey, id, kind, status, severity } = notification;
      const message = {
        topicArn,
        subject: snsSubject(notification),
        message: withinBytes(plainText(notification), MAX_MESSAGE_BYTES - RESERVED_BYTES),
        attributes: { kind, status, severity },
        ...(isFifo ? { groupId: dedupKey, deduplicationId: id } : {}),
      };
      try {
        await publish(message, signal);
        return { outcome: "delivered" };
      } catch (thrown) {
        return awsDelivery(thrown, !isFifo);
      }
    },
  };
}

/** At most 100 ASCII characters without control characters, the first a letter, digit or punctuation mark. */
export function snsSubject(notification: Notification): string {
  const text = `[${statusWord(notification)}] ${oneLine(notification.title)}`;
  const ascii = text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^\x20-\x7e]/gu, "?");
  return ascii.length <= MAX_SUBJECT ? ascii : `${ascii.slice(0, MAX_SUBJECT - 3)}...`;
}

function withinBytes(text: string, maxBytes: number): string {
  // A character takes at most three bytes for each of its UTF-16 units.
  return Buffer.byteLength(text, "utf8") <= maxBytes ? text : cut(text, Math.floor(maxBytes / 3));
}
