import type { IncidentRow } from "@belfry/core/alerts/dispatch/incident-row";
import { incidentStore } from "@belfry/core/alerts/dispatch/incident-store";
import type { Table } from "@belfry/core/platform/table-client";
import { type Paint, plural, printable } from "../cli/terminal.ts";
import { shortHandle } from "./incident-text.ts";
import { timeText } from "./time-text.ts";

/** Enough that nobody is ever asked for more digits. */
const TYPED_DIGITS = 4;

const MAX_WATCHED = 50;

/** Says in lines what becomes of incidents, whoever brings it about. */
export class IncidentWatch {
  readonly #table: Table;
  readonly #paint: Paint;
  /** What is put behind commands that are named, such as `--dir`. */
  readonly #suffix: string;
  readonly #seen = new Map<string, { readonly entries: number; readonly title: string }>();
  #isFirst = true;

  constructor(table: Table, suffix: string, paint: Paint) {
    this.#table = table;
    this.#suffix = suffix;
    this.#paint = paint;
  }

  /** What is new since the last look; at the first one, what is open from before. */
  async look(signal: AbortSignal): Promise<string[]> {
    const rows = await incidentStore(this.#table).recent(MAX_WATCHED, signal);
    const lines = rows.toReversed().flatMap((row) => this.#newsOf(row));
    this.#isFirst = false;
    return lines;
  }

  #newsOf(row: IncidentRow): string[] {
    const { incident, handle, title } = row;
    const before = this.#seen.get(handle);
    const entries = incident.timeline.length;
    this.#seen.set(handle, { entries, title });
    if (this.#isFirst) {
      return incident.status === "resolved" ? [] : [this.#line(row, `is ${incident.status} from before`, true)];
    }
    const news = incident.timeline.slice(before?.entries ?? 0).map(({ what, who }) => {
      const isOpened = what === "opened";
      const text = who === undefined ? what : what === "paged" ? `paged ${who}` : `${what} by ${who}`;
      return this.#line(row, text, isOpened);
    });
    const isRetold = before !== undefined && before.title !== title && news.length === 0;
    return isRetold ? [this.#line(row, "updated", false)] : news;
  }

  #line(row: IncidentRow, what: string, isBeginning: boolean): string {
    const { title, total, incident } = row;
    const handle = this.#paint.strong(`incident ${shortHandle(row)}`);
    const word = this.#painted(what, incident.status);
    const alerts = total > 1 && !isBeginning ? this.#paint.faint(` (${plural(total, "alert")})`) : "";
    const typed = row.handle.slice(0, TYPED_DIGITS);
    const command = isBeginning ? this.#paint.faint(` — npx belfry incidents show ${typed}${this.#suffix}`) : "";
    return `${timeText(incident.timeline.at(-1)?.at ?? 0).slice(11)}  ${handle} ${word}: ${printable(title)}${alerts}${command}`;
  }

  #painted(what: string, status: string): string {
    if (status === "resolved") return this.#paint.good(printable(what));
    return status === "open" ? this.#paint.bad(printable(what)) : this.#paint.warn(printable(what));
  }
}
