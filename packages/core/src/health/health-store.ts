import type { HealthEntity, HealthFacts } from "../event/health-event.ts";
import type { Clock } from "../platform/clock.ts";
import type { Table, TableItem, TableKey } from "../platform/table-client.ts";
import type { HealthState, HealthStatement } from "./health-state.ts";

/** A state as it was read, with what a write needs to know that nobody has written since. */
export interface StoredHealth {
  readonly state: HealthState;
  /** 0 before the first write. */
  readonly revision: number;
}

/** The states of Health events in a table. */
export interface HealthStore {
  read(eventArn: string, signal: AbortSignal): Promise<StoredHealth>;
  /** Keeps one page of a statement; the first copy stays. */
  putPage(eventArn: string, statement: HealthStatement, page: number, signal: AbortSignal): Promise<void>;
  /** Writes what follows from `stored`, whose pages are kept already, and drops pages it has no use for; false when somebody else has written. */
  write(stored: StoredHealth, next: HealthState, signal: AbortSignal): Promise<boolean>;
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
      const { accounts = [], shown, revision = 0 } = (head ?? {}) as Partial<HealthState & StoredHealth>;
      const state = { eventArn, accounts, statements: statementsOf(pages), ...(shown === undefined ? {} : { shown }) };
      return { state, revision };
    },
    async putPage(eventArn, statement, page, signal) {
      const { pages, ...rest } = statement;
      const item = { ...rest, page, entities: pages[page] ?? [], expires: expires() };
      await table.put(itemOf(pageKey(eventArn, statement, page), item), { exists: false }, signal);
    },
    async write({ state, revision }, next, signal) {
      const { accounts, shown, eventArn } = next;
      const kept = new Set(pageKeys(next).map(({ sk }) => sk));
      const unused = pageKeys(state).filter(({ sk }) => !kept.has(sk));
      const isSame = shown === state.shown && accounts.length === state.accounts.length && unused.length === 0;
      if (isSame && revision > 0) return true;
      const head = {
        accounts,
        ...(shown === undefined ? {} : { shown }),
        revision: revision + 1,
        expires: expires(),
      };
      const condition = revision === 0 ? { exists: false } : { equals: { revision } };
      const key = { pk: partition(eventArn), sk: HEAD };
      if (!(await table.put(itemOf(key, head), condition, signal))) return false;
      for (const page of unused) await table.delete(page, {}, signal);
      return true;
    },
  };
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
