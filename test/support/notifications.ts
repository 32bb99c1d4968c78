// Alerts and notifications for tests.
import { buildNotification, type NotifiedIncident } from "@belfry/core/alerts/message";
import type { Alert } from "@belfry/core/event/alert";
import type { Notification } from "@belfry/core/event/notification";

export const NOW_MS = Date.UTC(2026, 10, 22, 13, 4, 5);

export function alertOf(changes: Partial<Alert> = {}): Alert {
  return {
    deliveryId: "d1",
    key: "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-5xx",
    version: NOW_MS,
    status: "firing",
    severity: "critical",
    title: "orders-5xx",
    description: "Threshold crossed: 3 out of 3 datapoints were greater than 5.",
    labels: { account: "111122223333", region: "eu-west-1", service: "ApplicationELB", source: "aws.cloudwatch" },
    links: [
      { title: "Alarm", url: "https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarm:orders-5xx" },
    ],
    startsAt: NOW_MS - 12 * 60_000,
    causes: [],
    replayed: false,
    event: {},
    ...changes,
  };
}

/** A notification of one alert, unless the changes say otherwise. */
export function notificationOf(changes: Partial<NotifiedIncident> = {}, sequence = 0): Notification {
  const alerts = changes.alerts ?? [alertOf(changes.status === "resolved" ? { status: "resolved" } : {})];
  return buildNotification({
    route: "default",
    key: alerts[0]?.key ?? "nothing",
    groupKey: "group",
    kind: "opened",
    status: "open",
    sequence,
    at: NOW_MS,
    startsAt: NOW_MS - 12 * 60_000,
    ...changes,
    alerts,
  });
}
