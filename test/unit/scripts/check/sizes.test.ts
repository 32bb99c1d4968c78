import { expect, it } from "vitest";
import type { TextFile } from "../../../../scripts/check/files.ts";
import { MAX_FILE_LINES, MAX_P90_LINES, oversized } from "../../../../scripts/check/sizes.ts";

const file = (path: string, lines: number): TextFile => ({ path, text: "x\n".repeat(lines) });

it("accepts files up to the limit", () => {
  expect(oversized([file("a.ts", MAX_P90_LINES)], [file("a.test.ts", MAX_FILE_LINES)])).toEqual([]);
});

it("names the file that is too long, code or test", () => {
  const code = [...Array.from({ length: 9 }, (_, n) => file(`${n}.ts`, 10)), file("long.ts", MAX_FILE_LINES + 1)];
  expect(oversized(code, [file("long.test.ts", MAX_FILE_LINES + 2)])).toEqual([
    expect.stringContaining("long.ts: 351 lines"),
    expect.stringContaining("long.test.ts: 352 lines"),
  ]);
});

it("counts a last line without a newline", () => {
  const text = "x\n".repeat(MAX_FILE_LINES);
  expect(oversized([], [{ path: "a.test.ts", text: `${text}x` }])).toHaveLength(1);
});

it("finds too many long files, and does not count tests among them", () => {
  const code = [...Array.from({ length: 8 }, (_, n) => file(`${n}.ts`, 10)), file("8.ts", 221), file("9.ts", 230)];
  expect(oversized(code, [])).toEqual([expect.stringContaining("longer than 221 lines")]);
  expect(oversized(code.slice(0, 9).concat(file("9.ts", 10)), [file("a.test.ts", 300)])).toEqual([]);
});
