import type { Alert } from "../../event/alert.ts";
import { contentId, type EventEnvelope, readEventEnvelope } from "../../event/event-envelope.ts";
import { allWell, healthAlert, healthEnding } from "../../event/health-alert.ts";
import { type HealthEvent, isHealthDetail, readHealthEvent } from "../../event/health-event.ts";

/** True for what AWS Health says, by EventBridge or as other programs pass it on. */
export function isHealthEvent({ detailType, detail, source }: EventEnvelope): boolean {
  return /^AWS Health /.test(detailType) || isHealthDetail(detail) || source === "aha";
}

/** The envelope of a detail that somebody has passed on alone; undefined when it is none of AWS Health's. */
export function healthEnvelope(detail: unknown, nowMs: number): EventEnvelope | undefined {
  if (!isHealthDetail(detail)) return undefined;
  const members = { "detail-type": "AWS Health Event", source: "aws.health", id: contentId(detail), detail };
  return readEventEnvelope(members, nowMs);
}

/**
 * One page of an AWS Health event by itself, for a look at what an event is. The key is the event's ARN, and the account where it is one account's
 * own. A deployment gives Health events to the feature `health`, which joins pages and accounts and alone knows when all entities are well.
 * https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
 */
export function healthEventAlert(envelope: EventEnvelope, nowMs: number): Alert | undefined {
  const event = readHealthEvent(envelope);
  if (event === undefined) return undefined;
  const { eventArn, account, communication, page, totalPages, version, scope, replayed, entities } = event;
  const isShared = scope === "PUBLIC";
  const ending = healthEnding(event, nowMs);
  const view = {
    ...factsOf(event),
    version,
    accounts: account === "" ? [] : [account],
    overIn: [],
    entities: entities.map((entity) => ({ ...entity, account })),
    missingPages: totalPages - 1,
    recovered: ending.recovered && !ending.resolved,
    resolved: ending.resolved || (totalPages === 1 && allWell(entities)),
  };
  return healthAlert(view, {
    key: isShared ? eventArn : `${eventArn}#${account}`,
    deliveryId: `${eventArn}#${isShared ? "" : account}#${communication}-${page}`,
    version,
    replayed,
    ...(isShared ? {} : { account }),
  });
}

function factsOf({ account, communication, page, totalPages, version, entities, replayed, ...facts }: HealthEvent) {
  return facts;
}
