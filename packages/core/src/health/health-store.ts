import type { HealthEntity, HealthFacts } from "../event/health-event.ts";
import type { Clock } from "../platform/clock.ts";
import type { Table, TableItem, TableKey } from "../platform/table-client.ts";
import type { HealthState, HealthStatement } from "./health-state.ts";

/** A state as it was read, with what a write needs to know that nobody has written since. */
export interface StoredHealth {
  readonly state: HealthState;
  /** 0 before the first write. */
  readonly revision: number;
  /** Whether what `shown` names may not have been delivered yet. */
  readonly owed: boolean;
}

/** The states of Health events in a table. */
export interface HealthStore {
  read(eventArn: string, signal: AbortSignal): Promise<StoredHealth>;
  /** Keeps one page of a statement; the first copy stays. */
  putPage(eventArn: string, statement: HealthStatement, page: number, signal: AbortSignal): Promise<void>;
  /** Writes what follows from `stored`, whose pages are kept already, and drops pages it has no use for; undefined when somebody else has written. */
  write(
    stored: StoredHealth,
    next: Omit<StoredHealth, "revision">,
    signal: AbortSignal,
  ): Promise<StoredHealth | undefined>;
}

/** A page as an item; each on its own, because all of them together can be larger than an item may be. */
interface PageItem {
  readonly group: string;
  readonly communication: string;
  readonly version: number;
  readonly firstSeenMs: number;
  readonly totalPages: number;
  readonly page: number;
  readonly facts: HealthFacts;
  readonly entities: readonly HealthEntity[];
}

const HEAD = "head";
const PAGE = "page#";

/** Planned changes are announced up to a year ahead; what nobody writes for longer is not needed. */
const KEPT_MS = 400 * 24 * 3_600_000;

/** Keeps states in a table whose time to live is `expires`: `health#<event ARN>` is the partition of all items of an event. */
export function healthStore(table: Table, clock: Clock): HealthStore {
  const expires = (): number => Math.ceil((clock.now() + KEPT_MS) / 1000);
  return {
    async read(eventArn, signal) {
      const items = await table.query(partition(eventArn), "", signal);
      const head = items.find(({ sk }) => sk === HEAD);
      const pages = items.filter(({ sk }) => sk.startsWith(PAGE)).map((item) => item as unknown as PageItem);
      const { accounts = [], shown, revision = 0, owed = false } = (head ?? {}) as Partial<HealthState & StoredHealth>;
      const state = { eventArn, accounts, statements: statementsOf(pages), ...(shown === undefined ? {} : { shown }) };
      return { state, revision, owed };
    },
    async putPage(eventArn, statement, page, signal) {
      const { pages, ...rest } = statement;
      const item = { ...rest, page, entities: pages[page] ?? [], expires: expires() };
      await table.put(itemOf(pageKey(eventArn, statement, page), item), { exists: false }, signal);
    },
    async write(stored, { state, owed }, signal) {
      const { accounts, shown, eventArn } = state;
      const used = new Set(pageKeys(state).map(({ sk }) => sk));
      const unused = pageKeys(stored.state).filter(({ sk }) => !used.has(sk));
      if (isSame(stored, { state, owed }) && unused.length === 0) return stored;
      const revision = stored.revision + 1;
      const head = { accounts, ...(shown === undefined ? {} : { shown }), owed, revision, expires: expires() };
      const condition = stored.revision === 0 ? { exists: false } : { equals: { revision: stored.revision } };
      const key = { pk: partition(eventArn), sk: HEAD };
      if (!(await table.put(itemOf(key, head), condition, signal))) return undefined;
      for (const page of unused) await table.delete(page, {}, signal);
      return { state, owed, revision };
    },
  };
}

/** True when nothing of the head has changed: copies of what is known already are the most of what comes. */
function isSame(stored: StoredHealth, { state, owed }: Omit<StoredHealth, "revision">): boolean {
  return (
    (stored.revision > 0 || state.statements.length === 0) &&
    stored.owed === owed &&
    stored.state.shown?.version === state.shown?.version &&
    stored.state.accounts.length === state.accounts.length
  );
}

/** The pages' facts are those of the lowest page that has come, as when they come one by one. */
function statementsOf(pages: readonly PageItem[]): HealthStatement[] {
  const statements = Map.groupBy(pages, ({ group, communication }) => `${group}#${communication}`);
  return [...statements.values()].flatMap((items) => {
    const [lowest] = items.sort((a, b) => a.page - b.page);
    if (lowest === undefined) return [];
    const { group, communication, facts } = lowest;
    return {
      group,
      communication,
      facts,
      version: Math.min(...items.map(({ version }) => version)),
      firstSeenMs: Math.min(...items.map(({ firstSeenMs }) => firstSeenMs)),
      totalPages: Math.max(...items.map(({ totalPages }) => totalPages)),
      pages: Object.fromEntries(items.map(({ page, entities }) => [page, entities])),
    };
  });
}

function pageKeys(state: HealthState): TableKey[] {
  return state.statements.flatMap((statement) =>
    Object.keys(statement.pages).map((page) => pageKey(state.eventArn, statement, Number(page))),
  );
}

function pageKey(eventArn: string, { group, communication }: HealthStatement, page: number): TableKey {
  return { pk: partition(eventArn), sk: `${PAGE}${group}#${communication}#${page}` };
}

function partition(eventArn: string): string {
  return `health#${eventArn}`;
}

/** Types of the event have no index signature, which is what an item wants. */
function itemOf(key: TableKey, attributes: object): TableItem {
  return { ...(attributes as unknown as TableItem), ...key };
}
