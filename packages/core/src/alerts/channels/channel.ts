import type { ChannelReference, Delivery, Notification } from "../../event/notification.ts";

/**
 * Which attempt it is: the first, or one after others that have certainly not arrived; one after another that may have arrived, which must not double it; or one that is
 * made although it may double it, since a page too many is better than none.
 */
export type Attempt = "first" | "check" | "force";

/** What a channel may use of the moment. */
export interface DeliveryContext {
  readonly attempt: Attempt;
  /** Aborts when the answer is no more of use: the sender's hold on the notification ends. */
  readonly signal: AbortSignal;
}

/**
 * Whether a channel that cannot edit what it said has to say this: other words for an incident that wake nobody would only be one message more.
 */
export function isNews({ kind, isPage }: Notification): boolean {
  return isPage || kind !== "updated";
}

/** What comes of a notification that is no news to a channel. */
export const NO_NEWS: Delivery = { outcome: "delivered" };

/** Somewhere to tell people. */
export interface Channel {
  /** Its name in the configuration. */
  readonly name: string;
  /** Whether attempts to `check` do not double: the receiver knows notifications again, or the channel can look whether one is there. */
  readonly canCheck: boolean;
  /**
   * Says it, or brings what was said before up to date: `previous` is the reference that the last delivery for the same `dedupKey` gave, absent for what begins anew. Never
   * throws for what a service or the network does.
   */
  deliver(
    notification: Notification,
    previous: ChannelReference | undefined,
    context: DeliveryContext,
  ): Promise<Delivery>;
}
