import { withActionLinks } from "@belfry/core/alerts/channels/action-link";
import { openChannel } from "@belfry/core/alerts/channels/open-channel";
import { drainOutbox, type OutboxPorts } from "@belfry/core/alerts/outbox";
import { readDue } from "@belfry/core/platform/due-queues";
import { BelfryError } from "@belfry/core/platform/errors";
import type { Logger } from "@belfry/core/platform/logger";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { inAwsOnCall } from "../compose-on-call.ts";
import type { LambdaHandler } from "../handler.ts";
import type { OnCallRuntime } from "../on-call-runtime.ts";
import { eachMessage, queueHandler } from "../queue-handler.ts";

const NAME = "alert-send";

/** What is due later than this is found by the sweep, which comes each minute; else each of its messages would bring on another. */
const SOON_MS = 60_000;

/** Sends what the outboxes of channels have to send. The function's time-out must be shorter than a sender's hold on a notification, `LEASE_MS`. */
export function sendHandler(runtime: OnCallRuntime): LambdaHandler<SQSEvent, SQSBatchResponse> {
  const { channels } = runtime.config;
  return queueHandler(NAME, runtime, (messages, invocation) =>
    eachMessage(messages, invocation, async ({ content }, sendDue) => {
      const { signal, logger } = invocation;
      const { key: name } = readDue(content);
      const config = Object.hasOwn(channels, name) ? channels[name] : undefined;
      if (config === undefined)
        throw new BelfryError("BAD_CONFIG", `there is no channel ${name} any more: what it has to say waits`);
      const ports = { ...runtime, logger, ...completing(runtime, logger, signal) };
      const { counts, wakes } = await drainOutbox(
        openChannel(name, config, runtime.channelPorts),
        config,
        ports,
        signal,
      );
      for (const [outcome, count] of Object.entries(counts)) {
        if (count > 0) runtime.metrics.count("Deliveries", count, { Channel: name, Outcome: outcome });
      }
      const soon = wakes.filter(({ atMs }) => atMs <= runtime.clock.now() + SOON_MS);
      await sendDue(
        soon.map(({ channel, atMs }) => ({ kind: "outbox", key: channel, at: atMs })),
        signal,
      );
    }),
  );
}

/** Gives notifications their signed links, where somebody answers to them. Without a link a page is better than none. */
function completing(
  { env, channelPorts }: OnCallRuntime,
  logger: Logger,
  signal: AbortSignal,
): Pick<OutboxPorts, "complete"> {
  const { BELFRY_RESPOND_URL: endpoint, BELFRY_LINK_SECRET: reference } = env;
  if (!endpoint || !reference) return {};
  return {
    complete: async (notification, channel) => {
      if (notification.actions.length === 0) return notification;
      try {
        const secret = await channelPorts.secrets.read(reference, signal);
        return withActionLinks(notification, channel, { endpoint, secret });
      } catch (error) {
        logger.error("a notification goes out without links: their secret cannot be read", { error });
        return notification;
      }
    },
  };
}

/** What Lambda calls. @public */
export const handler = inAwsOnCall(sendHandler);
