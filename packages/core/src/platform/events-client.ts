import { awsCall } from "./aws-call.ts";
import { perRegion, settings } from "./clients.ts";
import { BelfryError } from "./errors.ts";

/** An event for a bus. Its account and region are the bus's caller's and the bus's own; EventBridge says them. */
export interface EventToPut {
  readonly source: string;
  readonly detailType: string;
  readonly timeMs: number;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Puts one event on one bus. Raises AwsCallError, and UNAVAILABLE when the bus did not take it. */
export type PutEvent = (event: EventToPut, signal: AbortSignal) => Promise<void>;

const PUT_ATTEMPTS = 3;

const eventsClient = perRegion(async (region) => {
  const { EventBridgeClient } = await import("@aws-sdk/client-eventbridge");
  return new EventBridgeClient({ ...(await settings(region)), maxAttempts: PUT_ATTEMPTS });
});

/** PutEvents to a bus, by its ARN, in whichever region it is. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
export function eventPutter(busArn: string, traceHeader?: string): PutEvent {
  const [, , , region] = busArn.split(":");
  return async ({ source, detailType, timeMs, detail }, abortSignal) => {
    const { PutEventsCommand } = await import("@aws-sdk/client-eventbridge");
    const client = await eventsClient(region);
    const command = new PutEventsCommand({
      Entries: [
        {
          EventBusName: busArn,
          Source: source,
          DetailType: detailType,
          Time: new Date(timeMs),
          Detail: JSON.stringify(detail),
          ...(traceHeader === undefined ? {} : { TraceHeader: traceHeader }),
        },
      ],
    });
    const { Entries = [] } = await awsCall("events:PutEvents", () => client.send(command, { abortSignal }));
    const [{ ErrorCode, ErrorMessage } = {}] = Entries;
    if (ErrorCode === undefined) return;
    throw new BelfryError("UNAVAILABLE", `the event bus refused an event: ${ErrorCode}: ${ErrorMessage}`, {
      retryable: true,
    });
  };
}
