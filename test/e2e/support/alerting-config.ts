import type { ConfigInput } from "@belfry/core/config/schema";
import { REGION } from "./rehearsal-config.ts";

/** The parameter with the secret by which the webhook's requests are signed. */
export const HOOK_SECRET = "/rehearsal/hook";

/** One account, whose every alert is told by itself, soon, to a receiver of the test's. */
export function alertingConfig(url: string): ConfigInput {
  return {
    channels: { hook: { type: "webhook", url, signingSecret: HOOK_SECRET } },
    oncall: {
      route: { receiver: "test", groupBy: ["..."], groupWait: "1s", groupInterval: "2s" },
      receivers: { test: { channels: ["hook"] } },
    },
    deploy: { region: REGION, globalEvents: false },
  };
}
