import { type HealthEvent, readHealthEvent } from "../event/health-event.ts";
import { AwsCallError } from "../platform/aws-call.ts";
import type { HealthApiEntity, HealthApiEvent, HealthReads } from "../platform/health-client.ts";
import type { Logger } from "../platform/logger.ts";

export interface BackFillOptions {
  readonly reads: HealthReads;
  /** Whose credentials these are: the affected one of an account's own events. */
  readonly account: string;
  readonly logger: Logger;
}

/** What the Health API knows, each event in each account as one page to give to `accept`; nothing when the support plan lacks the API. */
export type BackFill = (sinceMs: number, signal: AbortSignal) => AsyncGenerator<HealthEvent>;

/**
 * Makes the back-fill: what EventBridge did not bring, because a rule was not there yet or a delivery failed, is fetched and goes the same way.
 * Without a Business or Enterprise support plan it is off, which is said once. Raises AwsCallError for everything else.
 */
export function healthBackFill({ reads, account, logger }: BackFillOptions): BackFill {
  let isOff = false;
  return async function* (sinceMs, signal) {
    if (isOff) return;
    try {
      for (const event of await reads.events(sinceMs, signal)) yield* pagesOf(event, account, reads, signal);
    } catch (thrown) {
      if (!(thrown instanceof AwsCallError) || thrown.awsName !== "SubscriptionRequiredException") throw thrown;
      isOff = true;
      logger.info("the support plan has no AWS Health API: events come by EventBridge only, nothing is back-filled");
    }
  };
}

async function* pagesOf(
  event: HealthApiEvent,
  ownAccount: string,
  reads: HealthReads,
  signal: AbortSignal,
): AsyncGenerator<HealthEvent> {
  const { arn, scope } = event;
  if (scope === "PUBLIC") {
    const description = await reads.description({ arn }, signal);
    yield* pageOf(event, { account: "", description, entities: [] });
    return;
  }
  const affected = await reads.accounts(arn, signal);
  for (const account of affected.length === 0 ? [ownAccount] : affected) {
    const which = { arn, account };
    const description = await reads.description(which, signal);
    yield* pageOf(event, { account, description, entities: await reads.entities(which, signal) });
  }
}

/** What the API says of an event in one account. */
interface InAccount {
  readonly account: string;
  readonly description: string;
  readonly entities: readonly HealthApiEntity[];
}

function pageOf(event: HealthApiEvent, { account, description, entities }: InAccount): HealthEvent[] {
  const { arn, typeCode, category, scope, region, status, startMs, endMs, updatedMs, ...same } = event;
  // Events of EventBridge have whole seconds: the same statement must not be newer for having come by the API.
  const version = Math.floor(updatedMs / 1000) * 1000;
  const detail = {
    ...same,
    eventArn: arn,
    eventTypeCode: typeCode,
    eventTypeCategory: category,
    eventScopeCode: scope,
    eventRegion: region,
    statusCode: status,
    startTime: startMs,
    endTime: endMs,
    lastUpdatedTime: version,
    eventDescription: description,
    affectedEntities: entities.map(({ value, status: entityStatus }) => ({ entityValue: value, status: entityStatus })),
    // Sorts before all ids of AWS's: of two statements of the same time that of EventBridge is shown.
    communicationId: `!api-${version}`,
  };
  const envelope = {
    id: "",
    source: "aws.health",
    detailType: "AWS Health Event",
    account,
    region,
    timeMs: version,
    resources: [],
    detail,
    replayed: false,
    raw: undefined,
  };
  return [readHealthEvent(envelope) ?? []].flat();
}
