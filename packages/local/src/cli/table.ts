import { type Paint, widthOf } from "./terminal.ts";

const GAP = "  ";

/** Rows in aligned columns below a head; columns of numbers are aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => widthOf(row[i] ?? ""))));
  const isNumeric = head.map((_, i) => rows.length > 0 && rows.every((row) => /^[\d.,\s-]*$/.test(row[i] ?? "")));
  const line = (cells: readonly string[], format: (text: string) => string): string =>
    cells
      .map((cell, i) => {
        const padding = " ".repeat(Math.max(0, widths[i] - widthOf(cell)));
        return isNumeric[i] ? padding + format(cell) : format(cell) + padding;
      })
      .join(GAP)
      .trimEnd();
  return [line(head, paint.faint), ...rows.map((row) => line(row, (text) => text))].join("\n");
}
