import { total } from "@belfry/core/event/fates";
import type { Ledger } from "../runtime/ledger.ts";
import { summaryOf } from "../search/document-summary.ts";
import { datasetTable } from "./accounting.ts";
import { printable, type Terminal } from "./terminal.ts";

const REDRAW_MS = 500;
const PLAIN_MS = 5000;
const MAX_NEWEST = 5;

/** Shows what flows: a table that redraws itself where a person watches, else a line now and then. */
export class LiveView {
  readonly #ledger: Ledger;
  readonly #terminal: Terminal;
  readonly #timer: NodeJS.Timeout;
  #drawn = 0;

  constructor(ledger: Ledger, terminal: Terminal) {
    this.#ledger = ledger;
    this.#terminal = terminal;
    this.#timer = terminal.isInteractive
      ? setInterval(() => this.#redraw(), REDRAW_MS)
      : setInterval(() => terminal.print(this.#line()), PLAIN_MS);
  }

  /** Stops, and takes the table away: the accounting follows. */
  close(): void {
    clearInterval(this.#timer);
    this.#erase();
  }

  /** Prints a line that stays, above the table. */
  say(line: string): void {
    this.#erase();
    this.#terminal.print(line);
    if (this.#terminal.isInteractive) this.#redraw();
  }

  #redraw(): void {
    const { columns, paint } = this.#terminal;
    const cut = (line: string) => (line.length > columns ? `${line.slice(0, columns - 1)}…` : line);
    const newest = [...this.#ledger.newest]
      .slice(-MAX_NEWEST)
      .map(([dataset, document]) => `${dataset.padEnd(16)}${printable(summaryOf(JSON.parse(document)))}`);
    const text = [datasetTable(this.#ledger.datasets, paint), "", paint.faint("newest"), ...newest.map(cut), ""].join(
      "\n",
    );
    this.#erase();
    this.#terminal.print(text);
    this.#drawn = text.split("\n").length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#terminal.up(this.#drawn);
    this.#drawn = 0;
  }

  #line(): string {
    const { received, routed, dropped, quarantined, retried } = this.#ledger.accounting;
    const time = new Date().toISOString().slice(11, 19);
    return `${time}  received ${received}, routed ${routed}, dropped ${total(dropped)}, quarantined ${total(quarantined)}, to be retried ${total(retried)}`;
  }
}
