import type { Severity } from "../../event/alert.ts";
import type { Notification } from "../../event/notification.ts";
import { cut, jsonBytes, oneLine } from "./bounded-text.ts";
import { alertLines, since, statusWord } from "./headline.ts";

// https://developer.pagerduty.com/docs/send-alert-event and …/docs/events-api-v2-overview
export const MAX_DEDUP_KEY = 255;
export const MAX_SUMMARY = 1024;
export const MAX_EVENT_BYTES = 512 * 1024;

/** What PagerDuty does with an event. */
export type EventAction = "trigger" | "acknowledge" | "resolve";

/** An alert event of the Events API v2. The payload is there for `trigger` only, and the others need the `dedup_key`. */
export interface PagerDutyEvent {
  readonly routing_key: string;
  readonly event_action: EventAction;
  readonly dedup_key?: string;
  readonly payload?: PagerDutyPayload;
  readonly images?: readonly object[];
  readonly links?: readonly { readonly href: string; readonly text?: string }[];
  readonly client?: string;
  readonly client_url?: string;
}

interface PagerDutyPayload {
  readonly summary: string;
  readonly source: string;
  readonly severity: Severity;
  readonly timestamp?: string;
  readonly component?: string;
  readonly group?: string;
  readonly class?: string;
  readonly custom_details?: Readonly<Record<string, unknown>>;
}

/** The event of a notification, within PagerDuty's limits. */
export function pagerDutyEvent(notification: Notification, routingKey: string): PagerDutyEvent {
  const action = actionOf(notification);
  const head = { routing_key: routingKey, event_action: action, dedup_key: notification.dedupKey };
  if (action !== "trigger") return withinLimits(head);
  const field = (title: string) => notification.fields.find((candidate) => candidate.title === title)?.value;
  const service = field("Service");
  return withinLimits({
    ...head,
    payload: {
      summary: oneLine(notification.title) || "An incident without a title",
      // Who is affected: PagerDuty wants a text that is not empty.
      source: [field("Account"), field("Region")].filter((text) => text !== undefined).join(" ") || "belfry",
      severity: notification.severity,
      timestamp: new Date(notification.startsAt).toISOString(),
      ...(service === undefined ? {} : { component: service }),
      group: cut(notification.groupKey, MAX_SUMMARY),
      class: notification.kind,
      custom_details: detailsOf(notification),
    },
    links: notification.links.map(({ title, url }) => ({ href: url, text: title })),
    client: "Belfry",
  });
}

/**
 * The event in PagerDuty's limits: the summary cut, the key too, and of a body that is too large the details left out, and then the links. What is within
 * them already stays as it is.
 */
export function withinLimits(event: PagerDutyEvent): PagerDutyEvent {
  const { payload, dedup_key } = event;
  const fitted: PagerDutyEvent = {
    ...event,
    ...(dedup_key === undefined ? {} : { dedup_key: dedup_key.slice(0, MAX_DEDUP_KEY) }),
    ...(payload === undefined ? {} : { payload: { ...payload, summary: cut(payload.summary, MAX_SUMMARY) } }),
  };
  if (jsonBytes(fitted) <= MAX_EVENT_BYTES || fitted.payload === undefined) return fitted;
  const { custom_details: _, ...kept } = fitted.payload;
  const shortened = { ...fitted, payload: { ...kept, custom_details: { shortened: "too large for PagerDuty" } } };
  if (jsonBytes(shortened) <= MAX_EVENT_BYTES) return shortened;
  const { links: _links, images: _images, ...rest } = shortened;
  return rest;
}

/** An acknowledgement in Belfry is one there too; what else is said of an open incident goes to its log. */
function actionOf({ status }: Notification): EventAction {
  if (status === "resolved") return "resolve";
  // PagerDuty has no snooze in this API: an acknowledgement keeps it quiet as well.
  return status === "open" ? "trigger" : "acknowledge";
}

function detailsOf(notification: Notification): Record<string, unknown> {
  return {
    status: `${statusWord(notification)}, ${since(notification)}`,
    ...Object.fromEntries(notification.fields.map(({ title, value }) => [title, value])),
    ...(notification.lines.length === 0 ? {} : { description: notification.lines.join("\n") }),
    ...(notification.alerts.total <= 1 ? {} : { alerts: alertLines(notification) }),
  };
}
