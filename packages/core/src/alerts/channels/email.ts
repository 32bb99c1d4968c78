import type { ChannelConfigOf } from "../../config/channels/schema.ts";
import type { SendMail } from "../../platform/mail-client.ts";
import { awsDelivery } from "./aws-answer.ts";
import { type Channel, isNews, NO_NEWS } from "./channel.ts";
import { mailText } from "./mail-body.ts";

/** Sends e-mail by SES, which takes a message again however often it is given: a second attempt after an unknown one may double it. */
export function emailChannel(name: string, config: ChannelConfigOf<"email">, send: SendMail): Channel {
  const { from, to, configurationSet } = config;
  return {
    name,
    canCheck: false,
    deliver: async (notification, _previous, { signal }) => {
      if (!isNews(notification)) return NO_NEWS;
      const mail = {
        from,
        to,
        ...mailText(notification),
        ...(configurationSet === undefined ? {} : { configurationSet }),
      };
      try {
        await send(mail, signal);
        return { outcome: "delivered" };
      } catch (thrown) {
        return awsDelivery(thrown, true);
      }
    },
  };
}
