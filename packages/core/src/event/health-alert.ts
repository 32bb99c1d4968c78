import type { Alert, Severity } from "./alert.ts";
import { consoleLink, healthDashboardLink } from "./console-link.ts";
import type { HealthEntity, HealthFacts } from "./health-event.ts";

/** A Health event as far as it is known: of one account, or of all together. */
export interface HealthView extends HealthFacts {
  /** Epoch milliseconds of the newest statement that is in it. */
  readonly version: number;
  /** Ids, sorted. */
  readonly accounts: readonly string[];
  /** Those of them in which it is over, while it is not in others. */
  readonly overIn: readonly string[];
  /** By account and value, sorted; each with the account that it is of. */
  readonly entities: readonly (HealthEntity & { readonly account: string })[];
  /** Pages that are missing of the statements shown; 0 when they are whole. */
  readonly missingPages: number;
  /** AWS has said an end that is past, and not yet that the event is closed. */
  readonly recovered: boolean;
  /** Whether it is over. */
  readonly resolved: boolean;
}

/** What tells an alert of this event from others. */
export interface HealthAlertIdentity {
  readonly key: string;
  readonly deliveryId: string;
  readonly version: number;
  readonly replayed: boolean;
  /** The label, for an alert that is one account's alone: an account that comes and goes would move an incident from group to group. */
  readonly account?: string;
}

/** How long after the end that AWS gives an issue of all accounts is taken for over, when nobody closes it. */
const RECOVERY_GRACE_MS = 30 * 60_000;

const MAX_LISTED = 20;
// An alert is stored whole, and an item of a table is at most 400 KB.
const MAX_EVENT_ENTITIES = 200;
const MAX_EVENT_ACCOUNTS = 1000;

/** Entities in a state that needs nobody. */
const WELL = new Set(["RESOLVED", "UNIMPAIRED"]);

/** True when there are entities, and each is well again. */
export function allWell(entities: readonly HealthEntity[]): boolean {
  return entities.length > 0 && entities.every(({ status }) => WELL.has(status));
}

/** What the facts of a statement say at a time about the end of the event, without regard to its entities. */
export interface HealthEnding {
  readonly recovered: boolean;
  readonly resolved: boolean;
  /** Epoch milliseconds of the next time at which this changes by itself. */
  readonly changesAt?: number;
}

/**
 * AWS closes an event, or gives an issue an end and leaves it open: its own sample of an issue of all accounts says "[RESOLVED]", has an end, and is
 * open. Such an issue has recovered, and is taken for over when it has stayed so for half an hour.
 */
export function healthEnding({ status, category, scope, endMs }: HealthFacts, nowMs: number): HealthEnding {
  if (status === "closed") return { recovered: false, resolved: true };
  if (endMs === undefined || category.toLowerCase() !== "issue") return { recovered: false, resolved: false };
  if (nowMs < endMs) return { recovered: false, resolved: false, changesAt: endMs };
  const graceEnd = endMs + RECOVERY_GRACE_MS;
  if (scope !== "PUBLIC") return { recovered: true, resolved: false };
  return nowMs < graceEnd
    ? { recovered: true, resolved: false, changesAt: graceEnd }
    : { recovered: true, resolved: true };
}

/** The alert that shows a Health event. */
export function healthAlert(view: HealthView, identity: HealthAlertIdentity): Alert {
  const { account = "", key, deliveryId, version, replayed } = identity;
  const severity = healthSeverity(view);
  const region = view.region === "" ? "" : ` in ${view.region}`;
  return {
    deliveryId,
    key,
    version,
    status: view.resolved ? "resolved" : "firing",
    severity,
    title: `${view.service === "" ? "AWS" : view.service}: ${titleOf(view)}${region}`,
    description: descriptionOf(view),
    labels: labelsOf(view, account, severity),
    links: [
      healthDashboardLink(view.eventArn, view.scope),
      ...consoleLink("CloudWatch in the region", view.region, "cloudwatch/home#home:"),
    ],
    startsAt: Math.min(view.startMs ?? view.version, view.version),
    causes: [],
    replayed,
    event: eventOf(view),
  };
}

/** Actionability says it best; without it, the category does. Leaked keys and abuse are urgent whatever is said. */
function healthSeverity({ service, typeCode, category, actionability }: HealthFacts): Severity {
  if (/CREDENTIALS_EXPOSED|^AWS_ABUSE/.test(typeCode) || service === "ABUSE") return "critical";
  const isIssue = category.toLowerCase() === "issue";
  if (actionability === "ACTION_REQUIRED") return isIssue ? "critical" : "error";
  if (actionability === "ACTION_MAY_BE_REQUIRED") return isIssue ? "error" : "warning";
  if (actionability === "INFORMATIONAL") return isIssue ? "warning" : "info";
  if (isIssue) return "error";
  return category.toLowerCase() === "accountnotification" ? "info" : "warning";
}

/** `AWS_EC2_OPERATIONAL_ISSUE` reads as `operational issue`. */
function titleOf({ service, typeCode }: HealthFacts): string {
  const code = typeCode.replace(/^AWS_/, "");
  const rest = service !== "" && code.startsWith(`${service}_`) ? code.slice(service.length + 1) : code;
  return rest.toLowerCase().replaceAll("_", " ");
}

function descriptionOf(view: HealthView): string {
  const lines = [view.description];
  if (view.recovered) lines.push("AWS says that it has recovered.");
  if (view.accounts.length > 0) lines.push(`Accounts: ${listed(view.accounts)}`);
  if (view.overIn.length > 0) lines.push(`Over in: ${listed(view.overIn)}`);
  if (view.entities.length > 0) {
    lines.push(`Affected: ${counted(view.entities)}: ${listed(view.entities.map(({ value }) => value))}`);
  }
  if (view.missingPages > 0) lines.push(`Incomplete: ${view.missingPages} pages have not come`);
  return lines.filter((line) => line !== "").join("\n");
}

function counted(entities: readonly HealthEntity[]): string {
  const groups = Map.groupBy(entities, ({ status }) => (status === "" ? "affected" : status.toLowerCase()));
  return [...groups].map(([status, { length }]) => `${length} ${status}`).join(", ");
}

function listed(values: readonly string[]): string {
  const more = values.length - MAX_LISTED;
  return more > 0 ? `${values.slice(0, MAX_LISTED).join(", ")} and ${more} more` : values.join(", ");
}

function labelsOf(view: HealthView, account: string, severity: Severity): Record<string, string> {
  const labels = {
    source: "aws.health",
    account,
    region: view.region,
    service: view.service.toLowerCase(),
    severity,
    event_arn: view.eventArn,
    event_type_code: view.typeCode,
    event_type_category: view.category,
    event_scope_code: view.scope,
    status_code: view.status,
    actionability: view.actionability,
    personas: view.personas.join(","),
    ...onlyEntity(view),
  };
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));
}

/** What it is about, where that is one thing and nothing is missing: what is done about it has to know. */
function onlyEntity({ entities, missingPages }: HealthView): Record<string, string> {
  const [only] = entities;
  if (only === undefined || entities.length > 1 || missingPages > 0) return {};
  return { resource: only.value, ...(/^i-[0-9a-f]+$/.test(only.value) ? { instance: only.value } : {}) };
}

/** The event as EventBridge would have it in one piece, for routes that are event patterns. */
function eventOf(view: HealthView): object {
  const { eventArn, service, typeCode, category, scope, region, status, actionability, personas } = view;
  return {
    source: "aws.health",
    "detail-type": service === "ABUSE" ? "AWS Health Abuse Event" : "AWS Health Event",
    ...(view.accounts.length === 1 ? { account: view.accounts[0] } : {}),
    region,
    time: new Date(view.version).toISOString(),
    resources: view.entities.slice(0, MAX_EVENT_ENTITIES).map(({ value }) => value),
    detail: {
      eventArn,
      service,
      eventTypeCode: typeCode,
      eventTypeCategory: category,
      eventScopeCode: scope,
      eventRegion: region,
      statusCode: status,
      ...(view.startMs === undefined ? {} : { startTime: new Date(view.startMs).toUTCString() }),
      ...(view.endMs === undefined ? {} : { endTime: new Date(view.endMs).toUTCString() }),
      lastUpdatedTime: new Date(view.version).toUTCString(),
      ...(actionability === "" ? {} : { actionability }),
      personas: personas.map((persona) => persona.toUpperCase()),
      eventDescription: [{ language: "en_US", latestDescription: view.description }],
      affectedAccounts: view.accounts.slice(0, MAX_EVENT_ACCOUNTS),
      affectedEntities: view.entities
        .slice(0, MAX_EVENT_ENTITIES)
        .map(({ value, status: entityStatus }) => ({ entityValue: value, status: entityStatus })),
    },
  };
}
