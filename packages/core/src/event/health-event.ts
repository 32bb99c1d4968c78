import { contentId, type EventEnvelope } from "./event-envelope.ts";
import { eventTime } from "./event-time.ts";
import { isObject, type JsonObject, listOf, textAt, textOf } from "./json-member.ts";

/** `upcoming` becomes `open`, and that `closed`. */
export type HealthStatus = "upcoming" | "open" | "closed";

/** PUBLIC: the same for all accounts. NONE is said by the API alone. */
export type HealthScope = "PUBLIC" | "ACCOUNT_SPECIFIC" | "NONE";

/** Something of an account that a Health event affects. */
export interface HealthEntity {
  /** An ARN, an id, or what else the service calls it. */
  readonly value: string;
  /** IMPAIRED, UNIMPAIRED, PENDING, RESOLVED, UNKNOWN, in capitals; empty when not said. */
  readonly status: string;
}

/** What all pages of one statement say. */
export interface HealthFacts {
  readonly eventArn: string;
  /** In capitals: `EC2`. */
  readonly service: string;
  readonly typeCode: string;
  /** `issue`, `investigation`, `scheduledChange`, `accountNotification`; others as they come. */
  readonly category: string;
  readonly scope: HealthScope;
  /** The region that is affected, or `global`; not where the event was delivered. */
  readonly region: string;
  readonly status: HealthStatus;
  /** Epoch milliseconds, as the next. */
  readonly startMs?: number;
  readonly endMs?: number;
  readonly description: string;
  /** ACTION_REQUIRED, ACTION_MAY_BE_REQUIRED, INFORMATIONAL; empty in events before 2026. */
  readonly actionability: string;
  /** `operations`, `security`, `billing`; sorted. */
  readonly personas: readonly string[];
}

/**
 * A page of a statement about a Health event in an account, whichever way it came by: the copy of another region is the same.
 * https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
 */
export interface HealthEvent extends HealthFacts {
  /** The affected account: in the organization's view not the one that receives. */
  readonly account: string;
  /** Names the statement: the communication's id without the page at its end, or in old events a hash of the detail. */
  readonly communication: string;
  readonly page: number;
  readonly totalPages: number;
  /** When the statement was made, epoch milliseconds. */
  readonly version: number;
  readonly entities: readonly HealthEntity[];
  readonly replayed: boolean;
}

const NO_ENTITIES: readonly HealthEntity[] = [];

/** Reads an event of AWS Health, as of 2016 or now, or as other programs pass it on; undefined when it names neither an ARN nor a type. */
export function readHealthEvent(envelope: EventEnvelope): HealthEvent | undefined {
  const { detail } = envelope;
  const typeCode = textAt(detail, "eventTypeCode");
  const eventArn = textAt(detail, "eventArn") ?? textAt(detail, "arn");
  if (typeCode === undefined || eventArn === undefined) return undefined;
  const version = eventTime(detail.lastUpdatedTime) ?? envelope.timeMs;
  const totalPages = pageNumber(detail.totalPages);
  return {
    ...factsOf(envelope, eventArn, typeCode),
    account: textAt(detail, "affectedAccount") ?? envelope.account,
    communication: communicationOf(detail, totalPages) ?? contentId(detail),
    page: pageNumber(detail.page),
    totalPages,
    version,
    entities: Array.isArray(detail.affectedEntities) ? detail.affectedEntities.flatMap(entityOf) : NO_ENTITIES,
    replayed: envelope.replayed,
  };
}

function factsOf({ detail, region }: EventEnvelope, eventArn: string, typeCode: string): HealthFacts {
  const startMs = eventTime(detail.startTime);
  const endMs = eventTime(detail.endTime);
  return {
    eventArn,
    service: (textAt(detail, "service") ?? "").replace(/^AWS_/, "").toUpperCase(),
    typeCode,
    category: textAt(detail, "eventTypeCategory") ?? "",
    scope: scopeOf(textAt(detail, "eventScopeCode")),
    region: textAt(detail, "eventRegion") ?? textAt(detail, "region") ?? (eventArn.split(":")[3] || region),
    status: statusOf(textAt(detail, "statusCode")),
    ...(startMs === undefined ? {} : { startMs }),
    ...(endMs === undefined ? {} : { endMs }),
    description: descriptionOf(detail.eventDescription),
    actionability: (textAt(detail, "actionability") ?? "").toUpperCase(),
    personas: [...new Set(listOf(detail.personas).flatMap(personaOf))].sort(),
  };
}

/** What an event without a scope is about is one account's: events of before 2023 are sent for nothing else. */
function scopeOf(code: string | undefined): HealthScope {
  const scope = code?.toUpperCase();
  return scope === "PUBLIC" || scope === "NONE" ? scope : "ACCOUNT_SPECIFIC";
}

function statusOf(code: string | undefined): HealthStatus {
  const status = code?.toLowerCase();
  return status === "closed" || status === "upcoming" ? status : "open";
}

/** A list with a text for each language, or as the API has it, one object. */
function descriptionOf(value: unknown): string {
  const texts = Array.isArray(value) ? value : [value];
  const english = texts.find((text) => /^en/i.test(textAt(text, "language") ?? "")) ?? texts[0];
  return textAt(english, "latestDescription") ?? textOf(english) ?? "";
}

/** The schema's table says OPERATIONAL, all of its samples OPERATIONS. */
function personaOf(value: unknown): string[] {
  const persona = textOf(value)?.toLowerCase();
  if (persona === undefined) return [];
  return [persona === "operational" ? "operations" : persona];
}

function entityOf(value: unknown): HealthEntity[] {
  const entity = isObject(value) ? textAt(value, "entityValue") : textOf(value);
  if (entity === undefined) return [];
  return [{ value: entity, status: (textAt(value, "status") ?? textAt(value, "statusCode") ?? "").toUpperCase() }];
}

/** Pages are written as text, from 1; an event without is the only one. */
function pageNumber(value: unknown): number {
  const page = Number(textOf(value) ?? 1);
  return Number.isInteger(page) && page >= 1 ? page : 1;
}

/**
 * The schema's page says that the id ends in `-<page>`, the one about pagination that all pages have the same id: what is a page's number at its end is
 * no part of it in both cases.
 */
function communicationOf(detail: JsonObject, totalPages: number): string | undefined {
  const id = textAt(detail, "communicationId");
  const page = /-([1-9]\d*)$/.exec(id ?? "");
  if (id === undefined || page === null || Number(page[1]) > totalPages) return id;
  return id.slice(0, page.index);
}

/** True for a detail of AWS Health without its envelope. */
export function isHealthDetail(value: unknown): boolean {
  return textAt(value, "eventTypeCode") !== undefined && textAt(value, "eventArn") !== undefined;
}
