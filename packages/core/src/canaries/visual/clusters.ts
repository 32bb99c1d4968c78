import type { Box } from "./picture.ts";

/** Which pixels changed: a byte for each, row by row, 0 for one that did not. */
export interface ChangeMask {
  readonly width: number;
  readonly height: number;
  readonly changed: Uint8Array;
}

/** Changed pixels that are near to each other. */
export interface Cluster extends Box {
  readonly pixels: number;
}

/** Changed pixels of one row that are near to each other, and the cluster that they are part of. */
interface Run {
  readonly y: number;
  readonly from: number;
  to: number;
  pixels: number;
  parent: Run | undefined;
}

// A picture that changed in more places is another picture: then all of it is one cluster, and memory is kept for the rest of the run.
const MAX_RUNS = 1_000_000;

/**
 * Groups changed pixels: two that are at most `distance` columns and rows apart are in one cluster, as are those that both are near to a third. The largest comes first.
 *
 * Pixels of a row that are near to each other form a run, and runs of near rows are joined; that is exact, since within a run no gap is wider than the distance.
 */
export function clustersOf(mask: ChangeMask, distance: number): Cluster[] {
  const rows: Run[][] = [];
  let count = 0;
  for (let y = 0; y < mask.height; y++) {
    const row = runsOfRow(mask, y, distance);
    for (let above = Math.max(0, y - distance); above < y; above++) joinNear(rows[above], row, distance);
    rows.push(row);
    count += row.length;
    if (count > MAX_RUNS) return [wholeOf(mask)];
  }
  return measured(rows.flat());
}

function wholeOf({ width, height, changed }: ChangeMask): Cluster {
  return { x: 0, y: 0, width, height, pixels: changed.reduce((sum, one) => sum + one, 0) };
}

function runsOfRow({ width, changed }: ChangeMask, y: number, distance: number): Run[] {
  const runs: Run[] = [];
  const begin = y * width;
  let last: Run | undefined;
  for (let x = 0; x < width; x++) {
    if (changed[begin + x] === 0) continue;
    if (last !== undefined && x - last.to <= distance) {
      last.to = x;
      last.pixels++;
    } else {
      last = { y, from: x, to: x, pixels: 1, parent: undefined };
      runs.push(last);
    }
  }
  return runs;
}

/** Both rows are sorted, so one pass over them finds all pairs. */
function joinNear(above: readonly Run[], row: readonly Run[], distance: number): void {
  let first = 0;
  for (const run of row) {
    while (first < above.length && above[first].to + distance < run.from) first++;
    for (let at = first; at < above.length && above[at].from <= run.to + distance; at++) join(above[at], run);
  }
}

function join(a: Run, b: Run): void {
  const [rootA, rootB] = [rootOf(a), rootOf(b)];
  if (rootA !== rootB) rootB.parent = rootA;
}

function rootOf(run: Run): Run {
  let root = run;
  while (root.parent !== undefined) root = root.parent;
  // The way to the root is made short for whoever asks next.
  for (let at = run; at.parent !== undefined; ) {
    const next = at.parent;
    at.parent = root;
    at = next;
  }
  return root;
}

function measured(runs: readonly Run[]): Cluster[] {
  const boxes = new Map<Run, { left: number; right: number; top: number; bottom: number; pixels: number }>();
  for (const run of runs) {
    const root = rootOf(run);
    const box = boxes.get(root);
    if (box === undefined) {
      boxes.set(root, { left: run.from, right: run.to, top: run.y, bottom: run.y, pixels: run.pixels });
      continue;
    }
    box.left = Math.min(box.left, run.from);
    box.right = Math.max(box.right, run.to);
    box.bottom = Math.max(box.bottom, run.y);
    box.pixels += run.pixels;
  }
  return [...boxes.values()]
    .map(({ left, right, top, bottom, pixels }) => {
      return { x: left, y: top, width: right - left + 1, height: bottom - top + 1, pixels };
    })
    .sort((a, b) => b.pixels - a.pixels);
}

/** The window of a size that has most changed pixels: the first of those. A picture that is smaller is a window by itself. */
export function densestWindow({ width, height, changed }: ChangeMask, size: number): Cluster {
  const across = Math.min(size, width);
  const down = Math.min(size, height);
  // Changed pixels of each column within the rows that the window covers.
  const columns = new Uint16Array(width);
  let densest = { x: 0, y: 0, width: across, height: down, pixels: 0 };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      columns[x] += changed[y * width + x];
      if (y >= down) columns[x] -= changed[(y - down) * width + x];
    }
    if (y < down - 1) continue;
    const { x, pixels } = densestOf(columns, across);
    if (pixels > densest.pixels) densest = { ...densest, x, y: y - down + 1, pixels };
  }
  return densest;
}

/** Where so many columns next to each other have most. */
function densestOf(columns: Uint16Array, across: number): { readonly x: number; readonly pixels: number } {
  let densest = { x: 0, pixels: 0 };
  let pixels = 0;
  for (let x = 0; x < columns.length; x++) {
    pixels += columns[x];
    if (x >= across) pixels -= columns[x - across];
    if (pixels > densest.pixels) densest = { x: Math.max(0, x - across + 1), pixels };
  }
  return densest;
}
