import type { TextFile } from "./files.ts";

/** The longest file that still reads in one sitting, in lines. */
export const MAX_FILE_LINES = 350;

/** Nine files in ten must be at most this long, in lines. */
export const MAX_P90_LINES = 220;

/** Names each file over the budget, and the share of long files when there are too many of them. */
export function oversized(code: readonly TextFile[], tests: readonly TextFile[]): string[] {
  const tooLong = [...code, ...tests]
    .map(({ path, text }) => ({ path, lines: countLines(text) }))
    .filter(({ lines }) => lines > MAX_FILE_LINES)
    .map(({ path, lines }) => `${path}: ${lines} lines, at most ${MAX_FILE_LINES}: split it`);
  const p90 = percentile90(code.map(({ text }) => countLines(text)));
  return p90 > MAX_P90_LINES
    ? [...tooLong, `a tenth of the code files is longer than ${p90} lines, the budget is ${MAX_P90_LINES}`]
    : tooLong;
}

function countLines(text: string): number {
  const newlines = text.split("\n").length - 1;
  return text.endsWith("\n") || text === "" ? newlines : newlines + 1;
}

function percentile90(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.9) - 1] ?? 0;
}
