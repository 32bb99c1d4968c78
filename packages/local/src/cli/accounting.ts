import { type Accounting, brokenIdentity, type Tally, total } from "@belfry/core/event/fates";
import type { DatasetCounts } from "../runtime/ledger.ts";
import { table } from "./table.ts";
import type { Paint } from "./terminal.ts";

/** The accounting for people: what came, what became of it with the reasons, each sink, and whether it adds up. */
export function accountingText(accounting: Accounting, paint: Paint): string {
  const { received, routed, dropped, quarantined, retried, sinks } = accounting;
  const lines = [
    row("received", received),
    row("dropped", total(dropped), dropped, paint.faint),
    row("quarantined", total(quarantined), quarantined, paint.warn),
    row("to be retried", total(retried), retried, paint.bad),
    row("routed", routed),
  ];
  for (const [name, sink] of Object.entries(sinks)) {
    lines.push("", paint.strong(`sink ${name}`));
    lines.push(row("routed", sink.routed), row("delivered", sink.delivered));
    lines.push(row("quarantined", total(sink.quarantined), sink.quarantined, paint.warn));
    lines.push(row("to be retried", total(sink.retried), sink.retried, paint.bad));
  }
  const broken = brokenIdentity(accounting);
  const verdict =
    broken === undefined
      ? paint.good(
          "the accounting adds up: received = dropped + quarantined + to be retried + routed, and so for each sink",
        )
      : paint.bad(`the accounting does not add up: ${broken}`);
  return [paint.strong("accounting"), ...lines, "", verdict].join("\n");
}

/** The accounting for programs. */
export function accountingJson(accounting: Accounting): string {
  return JSON.stringify({ ...accounting, identityHolds: brokenIdentity(accounting) === undefined });
}

/** One line for each data set. */
export function datasetTable(datasets: ReadonlyMap<string, DatasetCounts>, paint: Paint): string {
  const rows = [...datasets]
    .sort(([x], [y]) => x.localeCompare(y))
    .map(([name, { received, delivered, dropped, quarantined, retried }]) => [
      name,
      ...[received, delivered, dropped, quarantined, retried].map(String),
    ]);
  return table(["data set", "received", "delivered", "dropped", "quarantined", "to be retried"], rows, paint);
}

const NAME_WIDTH = 15;
const NUMBER_WIDTH = 9;
const MAX_REASONS = 5;

function row(
  name: string,
  count: number,
  tally: Tally = {},
  format: (text: string) => string = (text) => text,
): string {
  const line = `  ${name.padEnd(NAME_WIDTH)}${String(count).padStart(NUMBER_WIDTH)}`;
  const reasons = Object.entries(tally).sort(([, x], [, y]) => y - x);
  if (reasons.length === 0) return line;
  const shown = reasons.slice(0, MAX_REASONS).map(([reason, times]) => `${times} × ${reason}`);
  const more = reasons.length > MAX_REASONS ? [`and ${reasons.length - MAX_REASONS} reasons more`] : [];
  return `${line}   ${format([...shown, ...more].join(", "))}`;
}
