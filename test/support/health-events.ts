// Builders of AWS Health events in the shape that EventBridge has them.
// https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
import { readEventEnvelope } from "@belfry/core/event/event-envelope";
import { type HealthEvent, readHealthEvent } from "@belfry/core/event/health-event";

export const HEALTH_ARN = "arn:aws:health:eu-west-1::event/RDS/AWS_RDS_OPERATIONAL_ISSUE/AWS_RDS_OPERATIONAL_ISSUE_1";

const FIRST_STATEMENT = Date.UTC(2026, 10, 20, 10);

/** An event as EventBridge delivers it; `detail` replaces members. */
function healthEnvelope(detail: object = {}, envelope: object = {}): object {
  return {
    version: "0",
    id: "0d6f1c2e-0000-4000-8000-000000000001",
    "detail-type": "AWS Health Event",
    source: "aws.health",
    account: "111122223333",
    time: "2026-11-20T10:00:09Z",
    region: "eu-west-1",
    resources: [],
    detail: {
      eventArn: HEALTH_ARN,
      service: "RDS",
      eventTypeCode: "AWS_RDS_OPERATIONAL_ISSUE",
      eventTypeCategory: "issue",
      eventScopeCode: "ACCOUNT_SPECIFIC",
      communicationId: "4f2a90c1-1",
      startTime: "Fri, 20 Nov 2026 09:50:00 GMT",
      lastUpdatedTime: "Fri, 20 Nov 2026 10:00:00 GMT",
      statusCode: "open",
      eventRegion: "eu-west-1",
      eventDescription: [{ language: "en_US", latestDescription: "Connections fail." }],
      affectedEntities: [],
      page: "1",
      totalPages: "1",
      backupEvent: "false",
      affectedAccount: "111122223333",
      personas: ["OPERATIONS"],
      ...detail,
    },
    ...envelope,
  };
}

/** The same, read. */
export function healthEvent(detail: object = {}, envelope: object = {}): HealthEvent {
  const read = readEventEnvelope(healthEnvelope(detail, envelope), FIRST_STATEMENT);
  const event = read === undefined ? undefined : readHealthEvent(read);
  if (event === undefined) throw new Error("not a Health event");
  return event;
}

/** What a statement consists of. */
export interface Spread {
  readonly scope: "PUBLIC" | "ACCOUNT_SPECIFIC";
  readonly accounts: readonly string[];
  readonly pages: number;
  /** How many updates there are, each of all pages; the last is the one that counts. */
  readonly statements: number;
  /** Whether the ids end in the page, as one page of the documentation has it, or are the same on all, as another has it. */
  readonly idsHavePages: boolean;
}

/** Each page of each statement in each account, once from its region and once as the backup copy of another. */
export function spreadEvents(spread: Spread): HealthEvent[] {
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  return numbers(spread.statements).flatMap((statement) =>
    spread.accounts.flatMap((account) =>
      numbers(spread.pages).flatMap((page) => copies(spread, statement, account, page + 1)),
    ),
  );
}

function copies(
  { scope, pages, idsHavePages }: Spread,
  statement: number,
  account: string,
  page: number,
): [HealthEvent, HealthEvent] {
  const statedAt = FIRST_STATEMENT + statement * 60_000;
  const detail = {
    eventScopeCode: scope,
    communicationId: `c${statement}${scope === "PUBLIC" ? "" : account}-${idsHavePages ? page : 1}`,
    eventDescription: [{ language: "en_US", latestDescription: `Connections fail. Update ${statement}` }],
    lastUpdatedTime: new Date(statedAt).toUTCString(),
    affectedEntities: scope === "PUBLIC" ? [] : [{ entityValue: `db-${account}-${page}`, status: "IMPAIRED" }],
    page: String(page),
    totalPages: String(pages),
    affectedAccount: account,
  };
  const time = new Date(statedAt + page * 1000).toISOString();
  return [
    healthEvent(detail, { time }),
    healthEvent({ ...detail, backupEvent: "true" }, { time, region: "us-west-2" }),
  ];
}
