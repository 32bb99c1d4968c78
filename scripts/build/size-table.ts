import type { BundleSize } from "./bundle.ts";

/** The bundles' sizes in kB (1,000 bytes) as lines of a table: what a cold start reads, and what is read later or never. */
export function sizeTable(bundles: readonly BundleSize[]): string {
  const rows = bundles.map(({ name, start, later }) => [
    name,
    kb(start.bytes),
    kb(start.gzipBytes),
    kb(later.bytes),
    kb(later.gzipBytes),
  ]);
  const header = ["function", "at start kB", "gzip", "on demand kB", "gzip"];
  const widths = header.map((title, column) =>
    Math.max(...[header, ...rows].map((row) => row[column].length), title.length),
  );
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  ");
  return [header, ...rows].map(line).join("\n");
}

function kb(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}
