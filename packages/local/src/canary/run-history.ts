import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import type { RunReport } from "@belfry/core/canaries/report";
import { BelfryError, messageOf } from "@belfry/core/platform/errors";

/** Several processes may note runs: how long one waits for another's write. */
const BUSY_TIMEOUT_MS = 5000;

/** So many runs of each canary are remembered; a canary that runs each half minute leaves thousands in a day. */
const KEPT_RUNS = 100;

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS runs (run_id TEXT PRIMARY KEY, canary TEXT NOT NULL, started_ms INTEGER NOT NULL, report TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS runs_of_canary ON runs (canary, started_ms);`;

/** The runs of this machine, the latest of each canary. */
export interface RunHistory {
  /** Remembers a run; gives what the artifacts of those begin with that are forgotten for it. */
  note(report: RunReport): string[];
  /** The latest runs of a canary, or of all, the latest first. */
  latest(canary: string | undefined, limit: number): RunReport[];
  /** Those whose id begins so, two at most. */
  find(idPrefix: string): RunReport[];
  close(): void;
}

/** Opens the history in a file of SQLite. Raises UNAVAILABLE when it cannot be used. */
export function openRunHistory(file: string): RunHistory {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    database.exec(SCHEMA);
    return historyIn(database);
  } catch (cause) {
    throw new BelfryError("UNAVAILABLE", `${file} cannot be used: ${messageOf(cause)}`, { cause, retryable: true });
  }
}

function historyIn(database: DatabaseSync): RunHistory {
  const insert = database.prepare(
    "INSERT OR REPLACE INTO runs (run_id, canary, started_ms, report) VALUES (?, ?, ?, ?)",
  );
  const forget = database.prepare(
    `DELETE FROM runs WHERE run_id IN
     (SELECT run_id FROM runs WHERE canary = ? ORDER BY started_ms DESC LIMIT -1 OFFSET ${KEPT_RUNS}) RETURNING report`,
  );
  const ofAll = database.prepare("SELECT report FROM runs ORDER BY started_ms DESC LIMIT ?");
  const ofOne = database.prepare("SELECT report FROM runs WHERE canary = ? ORDER BY started_ms DESC LIMIT ?");
  const byId = database.prepare("SELECT report FROM runs WHERE run_id >= ? AND run_id < ? LIMIT 2");
  return {
    note: (report) => {
      insert.run(report.runId, report.canary, report.startedMs, JSON.stringify(report));
      return forget.all(report.canary).map((row) => reportIn(row).artifactPrefix);
    },
    latest: (canary, limit) => (canary === undefined ? ofAll.all(limit) : ofOne.all(canary, limit)).map(reportIn),
    find: (idPrefix) => byId.all(idPrefix, `${idPrefix}\u{10ffff}`).map(reportIn),
    close: () => database.close(),
  };
}

function reportIn({ report }: Record<string, SQLOutputValue>): RunReport {
  return JSON.parse(String(report)) as RunReport;
}
