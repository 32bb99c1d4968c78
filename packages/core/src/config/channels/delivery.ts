import * as z from "zod";

/** The name of a channel, and so of its queue and of its rows. */
export const ChannelName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, "a channel's name is lower-case letters, digits and hyphens, 32 at most");

/** What every channel has: how long it is tried, and what follows when it does not work. */
export const DELIVERY = {
  maxAttempts: z
    .int()
    .min(1)
    .max(50)
    .default(6)
    .describe("failures in a row, being told to slow down not counted, before a notification goes to the fall-back"),
  giveUpAfterMinutes: z
    .int()
    .min(1)
    .max(1440)
    .default(60)
    .describe("the same by time, however it fails; at most the time that its queue keeps a message"),
  fallback: ChannelName.optional().describe("the channel that gets what this one could not deliver"),
  onUnknown: z
    .enum(["resend", "hold"])
    .default("resend")
    .describe("where it is not known whether a message arrived, cannot be found out, and no fall-back is named"),
};

const Delivery = z.strictObject(DELIVERY);

/** How a channel's notifications are tried again, and what follows when that does not help. */
export type DeliverySettings = z.output<typeof Delivery>;
