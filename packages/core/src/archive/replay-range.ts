const HOUR_MS = 3_600_000;

// `dt=2026-11-22/hour=03/`, of the archive and of the quarantine.
const HOUR = /(?:^|\/)dt=(\d{4}-\d\d-\d\d)\/hour=(\d\d)\//;
// `…/2026-11-22T03.15.00-<uuid>`, of what Lambda writes to an on-failure destination.
const SECOND = /(?:^|\/)(\d{4}-\d\d-\d\d)T(\d\d)\.(\d\d)\.(\d\d)-[^/]*$/;

/** Epoch milliseconds, from `startMs` on and before `endMs`; open where one is absent. */
export interface ReplayRange {
  readonly startMs?: number | undefined;
  readonly endMs?: number | undefined;
}

/** Whether an object's time of arrival, as its key says it, else the time of its writing, touches a range. */
export function isInRange(object: { readonly key: string; readonly modifiedMs: number }, range: ReplayRange): boolean {
  const { startMs = Number.NEGATIVE_INFINITY, endMs = Number.POSITIVE_INFINITY } = range;
  const { fromMs, toMs } = timesOf(object);
  return fromMs < endMs && toMs > startMs;
}

function timesOf({ key, modifiedMs }: { key: string; modifiedMs: number }): { fromMs: number; toMs: number } {
  const hour = HOUR.exec(key);
  if (hour !== null) {
    const fromMs = Date.parse(`${hour[1]}T${hour[2]}:00:00Z`);
    if (!Number.isNaN(fromMs)) return { fromMs, toMs: fromMs + HOUR_MS };
  }
  const second = SECOND.exec(key);
  const said = second === null ? Number.NaN : Date.parse(`${second[1]}T${second[2]}:${second[3]}:${second[4]}Z`);
  const fromMs = Number.isNaN(said) ? modifiedMs : said;
  return { fromMs, toMs: fromMs + 1 };
}
