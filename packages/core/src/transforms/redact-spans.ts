/** Spans one after another: from, to, from, to, … */
export type Spans = readonly number[];

/** The same spans by where they begin, those that overlap as one. */
export function merged(spans: Spans): number[] {
  const pairs: [from: number, to: number][] = [];
  for (let i = 0; i < spans.length; i += 2) pairs.push([spans[i], spans[i + 1]]);
  pairs.sort(([x], [y]) => x - y);
  const result: number[] = [];
  for (const [from, to] of pairs) {
    const last = result.length - 1;
    if (last > 0 && from < result[last]) result[last] = Math.max(result[last], to);
    else result.push(from, to);
  }
  return result;
}

/** What of merged spans lies in [from, to). */
export function within(spans: Spans, from: number, to: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < spans.length; i += 2) {
    const [low, high] = [Math.max(spans[i], from), Math.min(spans[i + 1], to)];
    if (low < high) result.push(low, high);
  }
  return result;
}
