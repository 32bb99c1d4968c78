import type { SendDue } from "@belfry/core/event/due";
import { httpSender } from "@belfry/core/platform/http";
import { sesSender, snsPublisher } from "@belfry/core/platform/mail-client";
import { sleep } from "@belfry/core/platform/retry";
import { cachedSecrets, secretReader } from "@belfry/core/platform/secrets-client";
import type { Table } from "@belfry/core/platform/table-client";
import type { HandlerRuntime } from "@belfry/functions/handler";
import type { OnCallRuntime } from "@belfry/functions/on-call-runtime";

/** Binds what handlers of alerts use to this machine: the table is given, channels send by themselves, and what is due goes where `dueSender` says. */
export function onCallRuntime(
  shared: HandlerRuntime,
  table: Table,
  dueSender: (traceHeader: string | undefined) => SendDue,
  env: Readonly<Record<string, string | undefined>>,
): OnCallRuntime {
  const { config, tracer, metrics, logger, clock } = shared;
  return {
    config,
    tracer,
    metrics,
    logger,
    clock,
    env,
    random: Math.random,
    sleep,
    table,
    dueSender,
    channelPorts: {
      sendTo: (origin) => httpSender(origin),
      secrets: cachedSecrets(secretReader(env), clock),
      clock,
      table,
      mailer: (region) => sesSender(region),
      publisher: (region) => snsPublisher(region),
    },
  };
}
