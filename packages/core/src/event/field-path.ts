import { BelfryError } from "../platform/errors.ts";

// Paths come from code, configuration and column headers. The bound keeps a hostile header from filling the table.
const MAX_PATHS = 16_384;

const names: string[] = [];
const ids = new Map<string, number>();
const ancestors: number[][] = [];

/** The number that stands for a dotted field path such as `source.ip` everywhere in this process; raises BAD_ARGUMENT beyond 16,384 different paths. */
export function pathId(path: string): number {
  const known = ids.get(path);
  if (known !== undefined) return known;
  if (names.length >= MAX_PATHS) {
    throw new BelfryError(
      "BAD_ARGUMENT",
      `more than ${MAX_PATHS} different field paths; the next was "${path.slice(0, 80)}"`,
    );
  }
  const above: number[] = [];
  for (let dot = path.indexOf("."); dot >= 0; dot = path.indexOf(".", dot + 1)) above.push(pathId(path.slice(0, dot)));
  const id = names.length;
  names.push(path);
  ids.set(path, id);
  ancestors.push(above);
  return id;
}

/** The dotted path that a number from `pathId` stands for. */
export function pathName(id: number): string {
  return names[id] ?? "";
}

/** Numbers of the paths above this one, outermost first: for `a.b.c` those of `a` and `a.b`. */
export function pathAncestors(id: number): readonly number[] {
  return ancestors[id] ?? [];
}

/** Stands for the document as a whole: a record with a raw value here is written as that value, byte for byte. */
export const WHOLE_DOCUMENT = pathId("");
