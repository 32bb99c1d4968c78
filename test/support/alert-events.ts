// Events for the tests of what becomes of them, and a normaliser that insists on alerts.
import { normalise } from "@belfry/core/alerts/normalise/normalise";
import type { Alert } from "@belfry/core/event/alert";

export const NOW = Date.UTC(2026, 10, 22, 10, 5);

/** An event of EventBridge; `over` replaces members of the envelope. */
export function eventOf(source: string, detailType: string, detail: object, over: object = {}): object {
  return {
    version: "0",
    id: "8f1c1111-0000-4000-8000-000000000001",
    "detail-type": detailType,
    source,
    account: "111122223333",
    time: "2026-11-22T10:00:01Z",
    region: "eu-west-1",
    resources: [],
    detail,
    ...over,
  };
}

/** What SNS gives a function. https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
export function snsEvent(message: unknown, over: object = {}): object {
  return {
    Records: [
      {
        EventSource: "aws:sns",
        EventVersion: "1.0",
        Sns: {
          Type: "Notification",
          MessageId: "0b0c0000-0000-4000-8000-000000000002",
          TopicArn: "arn:aws:sns:eu-west-1:111122223333:pages",
          Message: typeof message === "string" ? message : JSON.stringify(message),
          Timestamp: "2026-11-22T10:00:02.000Z",
          MessageAttributes: {},
          ...over,
        },
      },
    ],
  };
}

export function alertsOf(event: unknown): readonly Alert[] {
  const result = normalise(event, { now: NOW });
  if ("reason" in result) throw new Error(result.reason);
  return result.alerts;
}

/** The one alert of an event. */
export function alertOf(event: unknown): Alert {
  const [alert, ...more] = alertsOf(event);
  if (alert === undefined || more.length > 0) throw new Error(`${more.length} alerts too many`);
  return alert;
}
