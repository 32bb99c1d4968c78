import type { HealthEntity, HealthEvent, HealthFacts } from "../event/health-event.ts";

/** One statement of AWS about an event in an account, of which some pages may be missing yet. */
export interface HealthStatement {
  /** Whose entities it lists: the account's id, or `*` for what is the same for all. */
  readonly group: string;
  readonly communication: string;
  /** Epoch milliseconds of the statement. */
  readonly version: number;
  /** Epoch milliseconds at which the first of its pages came here. */
  readonly firstSeenMs: number;
  readonly totalPages: number;
  /** By page number. */
  readonly pages: Readonly<Record<number, readonly HealthEntity[]>>;
  readonly facts: HealthFacts;
}

/** What is known of one Health event, in all accounts. */
export interface HealthState {
  readonly eventArn: string;
  /** In no order; those that a later one has replaced are gone. */
  readonly statements: readonly HealthStatement[];
  /** Ids, sorted. */
  readonly accounts: readonly string[];
  /** What the last alert showed; absent before the first. */
  readonly shown?: ShownHealth;
}

/** What an alert showed: a hash of it, and its version. */
export interface ShownHealth {
  readonly digest: string;
  readonly version: number;
}

/** The group of an event that is the same for all accounts. */
const EVERYBODY = "*";

/** The group that a page belongs to. */
function groupOf({ scope, account }: HealthEvent): string {
  return scope === "PUBLIC" ? EVERYBODY : account;
}

/** The state before anything has come. */
export function emptyHealthState(eventArn: string): HealthState {
  return { eventArn, statements: [], accounts: [] };
}

/** The state with this page in it; pages may come in any order and more than once. */
export function withPage(state: HealthState, event: HealthEvent, nowMs: number): HealthState {
  const group = groupOf(event);
  const isSame = (statement: HealthStatement): boolean =>
    statement.group === group && statement.communication === event.communication;
  const statement = extended(state.statements.find(isSame), event, nowMs);
  const others = state.statements.filter((other) => !isSame(other));
  const isKnown = event.account === "" || state.accounts.includes(event.account);
  return {
    ...state,
    accounts: isKnown ? state.accounts : [...state.accounts, event.account].sort(),
    statements: current([...others, statement]),
  };
}

/** True when all pages have come. */
export function isComplete({ pages, totalPages }: HealthStatement): boolean {
  return missingPages({ pages, totalPages }) === 0;
}

/** How many pages have not come. */
export function missingPages({ pages, totalPages }: Pick<HealthStatement, "pages" | "totalPages">): number {
  return Math.max(0, totalPages - Object.keys(pages).length);
}

/** All entities that a statement lists, in the order of its pages. */
export function entitiesOf({ pages }: HealthStatement): readonly HealthEntity[] {
  const numbers = Object.keys(pages).map(Number);
  return numbers.sort((a, b) => a - b).flatMap((page) => pages[page] ?? []);
}

/** Newest first; of two of the same time the same one is always the first. */
export function byAge(a: HealthStatement, b: HealthStatement): number {
  if (a.version !== b.version) return b.version - a.version;
  if (a.communication === b.communication) return a.group < b.group ? 1 : -1;
  return a.communication < b.communication ? 1 : -1;
}

/** A page that came already changes nothing: a region's copy differs in nothing that matters. */
function extended(statement: HealthStatement | undefined, event: HealthEvent, nowMs: number): HealthStatement {
  const { page, entities, totalPages, version, communication } = event;
  const known = statement ?? {
    group: groupOf(event),
    communication,
    version,
    firstSeenMs: nowMs,
    totalPages,
    pages: {},
    facts: factsOf(event),
  };
  const isFirst = Object.keys(known.pages).every((other) => page < Number(other));
  return {
    ...known,
    // Copies of an event without a time of its own have the times at which the regions sent them.
    version: Math.min(known.version, version),
    firstSeenMs: Math.min(known.firstSeenMs, nowMs),
    totalPages: Math.max(known.totalPages, totalPages),
    pages: known.pages[page] === undefined ? { ...known.pages, [page]: entities } : known.pages,
    facts: isFirst ? factsOf(event) : known.facts,
  };
}

function factsOf(event: HealthEvent): HealthFacts {
  const { account, communication, page, totalPages, version, entities, replayed, ...facts } = event;
  return facts;
}

/** Without what can never be shown again: all that is older, in its group, than a complete statement that lists entities, and older incomplete ones. */
function current(statements: readonly HealthStatement[]): readonly HealthStatement[] {
  return [...Map.groupBy(statements, ({ group }) => group).values()].flatMap((group) => {
    const kept: HealthStatement[] = [];
    let isReplaced = false;
    for (const statement of group.sort(byAge)) {
      const complete = isComplete(statement);
      if (!isReplaced || complete) kept.push(statement);
      isReplaced ||= complete;
      if (complete && entitiesOf(statement).length > 0) break;
    }
    return kept;
  });
}
