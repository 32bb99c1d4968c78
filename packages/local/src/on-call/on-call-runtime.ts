import type { SendDue } from "@belfry/core/event/due";
import { automationCalls } from "@belfry/core/platform/automation-client";
import { httpSender } from "@belfry/core/platform/http";
import { sesSender, snsPublisher } from "@belfry/core/platform/mail-client";
import { sleep } from "@belfry/core/platform/retry";
import { cachedSecrets, secretReader } from "@belfry/core/platform/secrets-client";
import { stateMachineCalls } from "@belfry/core/platform/state-machine-client";
import type { Table } from "@belfry/core/platform/table-client";
import { awsRuns } from "@belfry/core/remediation/aws-runs";
import { withCorrections } from "@belfry/functions/corrections";
import type { HandlerRuntime } from "@belfry/functions/handler";
import type { OnCallRuntime } from "@belfry/functions/on-call-runtime";

/**
 * Binds what handlers of alerts use to this machine: the table is given, channels send by themselves, and what is due goes where `dueSender` says. Corrective actions are run
 * where there is AWS; else it is only said what would be run.
 */
export function onCallRuntime(
  shared: HandlerRuntime,
  table: Table,
  dueSender: (traceHeader: string | undefined) => SendDue,
  env: Readonly<Record<string, string | undefined>>,
  hasAws = false,
): OnCallRuntime {
  const { config, tracer, metrics, logger, clock } = shared;
  return withCorrections({
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
    ...(hasAws ? { correctionRuns: awsRuns(automationCalls(), stateMachineCalls()) } : {}),
  });
}
