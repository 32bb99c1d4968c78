import type { Notification, NotificationKind } from "../event/notification.ts";
import type { TableWrite } from "../platform/table-client.ts";
import type { Channel } from "./channels/channel.ts";
import { deleteRow, type OutboxRow, putReceipt, replaceRow } from "./outbox-row.ts";

/** How long a sender has a row to itself; longer than its function may run, so that nobody sends after that. */
export const LEASE_MS = 120_000;

/** Each row that is merged takes two of a transaction's hundred writes. */
const MAX_MERGED = 40;

/** From what says most. A resolution says what came before it too. */
export const SAYS_MOST: readonly NotificationKind[] = [
  "resolved",
  "opened",
  "flapping",
  "reminder",
  "digest",
  "correction",
  "updated",
];

/** Rows that are to be sent as one: the last of them, which says how things are by now, and those before that it stands for. */
export interface Claim {
  readonly rows: readonly OutboxRow[];
  /** The row as it is once it is claimed. */
  readonly claimed: OutboxRow;
  /** The sender before has not said what came of it. */
  readonly abandoned: boolean;
}

/**
 * What can be sent now, the oldest first, of a channel's open rows in their order. Of one incident nothing is sent before what comes first has ended; what waits behind it and was not tried is sent
 * together with it.
 */
export function claimable(rows: readonly OutboxRow[], channel: Channel, nowMs: number): Claim[] {
  const byIncident = Map.groupBy(rows, ({ notification }) => notification.dedupKey);
  return [...byIncident.values()]
    .filter(([head]) => head !== undefined && head.dueMs <= nowMs)
    .map((waiting) => claimOf(waiting, channel, nowMs))
    .sort((a, b) => a.claimed.createdMs - b.claimed.createdMs);
}

/** When the next of these rows can be sent; undefined when there is none. */
export function nextDue(rows: readonly OutboxRow[]): number | undefined {
  const heads = [...Map.groupBy(rows, ({ notification }) => notification.dedupKey).values()].flatMap(
    ([head]) => head ?? [],
  );
  return heads.length === 0 ? undefined : Math.min(...heads.map(({ dueMs }) => dueMs));
}

/** The writes that give the rows to one sender: all of them happen, or somebody else was first. */
export function claimWrites({ rows, claimed }: Claim, nowMs: number): TableWrite[] {
  const last = rows.at(-1) as OutboxRow;
  const earlier = rows.slice(0, -1);
  return [
    replaceRow(last, claimed),
    ...earlier.flatMap((row) => [
      deleteRow(row),
      putReceipt(row, "superseded", `said with ${last.notification.id}`, nowMs),
    ]),
  ];
}

function claimOf(waiting: readonly OutboxRow[], channel: Channel, nowMs: number): Claim {
  const [head] = waiting as [OutboxRow];
  const abandoned = head.state === "claimed";
  const rows = abandoned || head.attempt !== "first" ? [head] : mergeable(waiting);
  const last = rows.at(-1) as OutboxRow;
  const kinds = rows.map(({ notification }) => notification.kind);
  const kind = SAYS_MOST.find((candidate) => kinds.includes(candidate)) ?? last.notification.kind;
  const answeredAt = waiting.findLastIndex(({ notification }) => isAnswer(notification));
  const isPage = kind !== "resolved" && rows.some(({ notification }, at) => notification.isPage && at > answeredAt);
  const claimed: OutboxRow = {
    ...last,
    notification: { ...last.notification, kind, isPage },
    opens: rows.some(({ opens }) => opens),
    state: "claimed",
    attempt: abandoned && channel.canCheck && head.attempt === "first" ? "check" : head.attempt,
    attempts: head.attempts + (abandoned ? 1 : 0),
    dueMs: nowMs + LEASE_MS,
    createdMs: head.createdMs,
    version: last.version + 1,
    told: [...new Set(rows.flatMap(({ told }) => told))],
  };
  return { rows, claimed, abandoned };
}

/** Somebody has taken the incident meanwhile, or it is over: what comes before this is still said, and wakes nobody. */
function isAnswer({ isPage, status }: Notification): boolean {
  return !isPage && status !== "open";
}

/** As far as one message can stand for all: not beyond an end, nor into a new beginning; what is asked about a corrective action stands alone, since nothing later asks it. */
function mergeable(waiting: readonly OutboxRow[]): readonly OutboxRow[] {
  const end = waiting.findIndex(({ notification: { status, kind } }, at) => {
    const next = waiting[at + 1]?.notification.kind;
    const isEnd = status === "resolved" || kind === "correction";
    return isEnd || next === "opened" || next === "correction" || at + 1 === MAX_MERGED;
  });
  const run = end === -1 ? waiting : waiting.slice(0, end + 1);
  // What was read after the first row may have been tried by somebody who has not settled yet.
  const tried = run.findIndex(({ state, attempt }) => state !== "pending" || attempt !== "first");
  return tried === -1 ? run : run.slice(0, Math.max(tried, 1));
}
