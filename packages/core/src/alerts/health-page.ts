import { readEventEnvelope } from "../event/event-envelope.ts";
import { type HealthEvent, readHealthEvent } from "../event/health-event.ts";

/** The page of AWS Health that an event of EventBridge is; undefined for other events. Such pages are the feature `health`'s, which joins them to alerts. */
export function healthPageOf(event: unknown, nowMs: number): HealthEvent | undefined {
  const envelope = readEventEnvelope(event, nowMs);
  return envelope === undefined ? undefined : readHealthEvent(envelope);
}
