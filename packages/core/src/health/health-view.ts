import { allWell, type HealthView, healthEnding } from "../event/health-alert.ts";
import type { HealthEntity, HealthFacts, HealthStatus } from "../event/health-event.ts";
import { byAge, entitiesOf, type HealthState, type HealthStatement, isComplete, missingPages } from "./health-state.ts";

/**
 * How long the pages of a statement are waited for before it is shown without them. AWS sends them together and in no order; nobody should wait long for a page
 * that is lost. https://docs.aws.amazon.com/health/latest/ug/understanding-pagination.html
 */
export const PAGE_DEADLINE_MS = 60_000;

/** What is to be shown at a time, and when that changes although nothing comes. */
export interface HealthSight {
  /** Absent while all that has come is incomplete, and not due. */
  readonly view?: HealthView;
  /** Epoch milliseconds. */
  readonly changesAt?: number;
}

/** What one account, or everybody, is shown. */
interface GroupSight {
  readonly group: string;
  readonly statement: HealthStatement;
  readonly entities: readonly HealthEntity[];
  readonly recovered: boolean;
  readonly resolved: boolean;
}

/** Looks at the state at a time. The same pages give the same sight, in whatever order they came. */
export function sightOf(state: HealthState, nowMs: number): HealthSight {
  const changes: number[] = [];
  const groups = [...Map.groupBy(state.statements, ({ group }) => group)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([group, statements]) => groupSight(group, statements.sort(byAge), nowMs, changes));
  const changesAt = changes.length === 0 ? {} : { changesAt: Math.min(...changes) };
  const [newest] = groups.map(({ statement }) => statement).sort(byAge);
  if (newest === undefined) return changesAt;
  return { ...changesAt, view: viewOf(state, groups, newest.facts, newest.version) };
}

/** Adds to `changes` when this group looks different by itself. */
function groupSight(
  group: string,
  statements: readonly HealthStatement[],
  nowMs: number,
  changes: number[],
): GroupSight[] {
  const statement = statements.find((candidate) => {
    const dueMs = candidate.firstSeenMs + PAGE_DEADLINE_MS;
    if (isComplete(candidate) || nowMs >= dueMs) return true;
    changes.push(dueMs);
    return false;
  });
  if (statement === undefined) return [];
  const ending = healthEnding(statement.facts, nowMs);
  if (ending.changesAt !== undefined) changes.push(ending.changesAt);
  const entities = entitiesOf(statement);
  const isWell = isComplete(statement) && allWell(entities);
  return [
    {
      group,
      statement,
      // Entities come up to three days after the event, and an update may leave them out.
      entities: entities.length > 0 ? entities : entitiesBefore(statements, statement),
      recovered: ending.recovered && !ending.resolved,
      resolved: ending.resolved || isWell,
    },
  ];
}

function entitiesBefore(statements: readonly HealthStatement[], shown: HealthStatement): readonly HealthEntity[] {
  const older = statements.slice(statements.indexOf(shown) + 1);
  const listing = older.find((statement) => isComplete(statement) && entitiesOf(statement).length > 0);
  return listing === undefined ? [] : entitiesOf(listing);
}

function viewOf(state: HealthState, groups: readonly GroupSight[], facts: HealthFacts, version: number): HealthView {
  const over = groups.filter(({ resolved }) => resolved).map(({ group }) => group);
  return {
    ...facts,
    version,
    status: together(groups.map(({ statement }) => statement.facts.status)),
    accounts: state.accounts,
    overIn: over.length < groups.length ? over : [],
    entities: groups.flatMap(({ group, entities }) => {
      const byValue = new Map(entities.map((entity) => [entity.value, { ...entity, account: group }]));
      return [...byValue.values()].sort((a, b) => (a.value < b.value ? -1 : 1));
    }),
    missingPages: groups.reduce((sum, { statement }) => sum + missingPages(statement), 0),
    recovered: groups.some(({ recovered }) => recovered),
    resolved: over.length === groups.length,
  };
}

/** The event is as far as the account that is least far, except that it is open when it is so anywhere. */
function together(statuses: readonly HealthStatus[]): HealthStatus {
  if (statuses.includes("open")) return "open";
  return statuses.includes("upcoming") ? "upcoming" : "closed";
}
