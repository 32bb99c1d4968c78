import type { Notification } from "../../event/notification.ts";
import { BelfryError } from "../../platform/errors.ts";
import type { Table, TableItem } from "../../platform/table-client.ts";
import { noAnswer } from "./answer.ts";
import type { Channel } from "./channel.ts";

/** The partition of all entries. */
const INBOX = "inbox";

const DAY_S = 86_400;
const KEPT_DAYS = 30;

/** Belfry's own list, kept for 30 days: an entry for each notification, in the order of their times. */
export function inboxChannel(name: string, table: Table): Channel {
  return {
    name,
    canCheck: true,
    deliver: async (notification, _previous, { signal }) => {
      const item = {
        pk: INBOX,
        sk: `${new Date(notification.at).toISOString()}#${notification.id}`,
        notification: notification as unknown as TableItem,
        expires: Math.floor(notification.at / 1000) + KEPT_DAYS * DAY_S,
      };
      try {
        await table.put(item, { exists: false }, signal);
        return { outcome: "delivered" };
      } catch (thrown) {
        if (!(thrown instanceof BelfryError)) throw thrown;
        return noAnswer(thrown, false);
      }
    },
  };
}

/** The entries of a time, from the oldest: `time` is the beginning of their ISO times, such as a day, or nothing. */
export async function readInbox(table: Table, time: string, signal: AbortSignal): Promise<readonly Notification[]> {
  const items = await table.query(INBOX, time, signal);
  return items.map(({ notification }) => notification as unknown as Notification);
}
