import type { StackSize } from "./synthesize.ts";

/** Stacks as lines of a table: region, resources (of 500 at most) and template in kB of 1,000 bytes (of 1,000 at most). https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export function stackTable(stacks: readonly StackSize[]): string {
  const rows = stacks.map(({ name, region, resources, templateBytes }) => [
    name,
    region,
    String(resources),
    (templateBytes / 1000).toFixed(1),
  ]);
  const lines = [["stack", "region", "resources", "template kB"], ...rows];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join("  "),
    )
    .join("\n");
}
