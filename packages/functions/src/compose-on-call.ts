import { alarmAsker } from "@belfry/core/alerts/ask-alarm";
import { alarmReader } from "@belfry/core/platform/alarms-client";
import { type DueQueue, dueSender } from "@belfry/core/platform/due-queues";
import { httpSender } from "@belfry/core/platform/http";
import { sesSender, snsPublisher } from "@belfry/core/platform/mail-client";
import { sqsSender } from "@belfry/core/platform/queue-client";
import { cachedSecrets, secretReader } from "@belfry/core/platform/secrets-client";
import { dynamoTable } from "@belfry/core/platform/table-client";
import { withCorrections } from "./corrections.ts";
import { boundAtFirstCall, type LambdaHandler } from "./handler.ts";
import type { OnCallRuntime } from "./on-call-runtime.ts";
import { awsRuntime, required } from "./task.ts";

/** Makes a handler of alerts that binds itself to AWS at its first call and keeps what it bound; a binding that failed is tried anew at the next call. */
export function inAwsOnCall<Event, Result>(
  make: (runtime: OnCallRuntime) => LambdaHandler<Event, Result>,
): LambdaHandler<Event, Result> {
  return boundAtFirstCall(async () => withCorrections(await compose()), make);
}

/** Half of the hold on a notification is left for what comes after an answer. */
const CHANNEL_TIMEOUT_MS = 10_000;

const QUEUES: Readonly<Record<DueQueue, string>> = {
  timers: "BELFRY_TIMERS_QUEUE_URL",
  outbox: "BELFRY_OUTBOX_QUEUE_URL",
  corrections: "BELFRY_CORRECTIONS_QUEUE_URL",
};

/** Binds what handlers of alerts share to AWS. Raises BAD_CONFIG when the table is nowhere named; a queue only when something is sent to it. */
async function compose(): Promise<OnCallRuntime> {
  const shared = await awsRuntime();
  const { env, clock } = shared;
  const table = dynamoTable(required(env, "BELFRY_ALERTS_TABLE", "the table of alerts and incidents"));
  const { BELFRY_NOTIFY_TOPIC_ARN: notifyTopicArn } = env;
  return {
    ...shared,
    table,
    dueSender: (traceHeader) => {
      const queue = (name: DueQueue) => sqsSender(required(env, QUEUES[name], `the queue ${name}`), traceHeader);
      return dueSender({ ...shared, queue });
    },
    channelPorts: {
      sendTo: (origin) => httpSender(origin, { timeoutMs: CHANNEL_TIMEOUT_MS }),
      secrets: cachedSecrets(secretReader(env), clock),
      clock,
      table,
      mailer: sesSender,
      publisher: snsPublisher,
      ...(notifyTopicArn ? { notifyTopicArn } : {}),
    },
    askAlarm: alarmAsker(alarmReader(), clock),
  };
}
