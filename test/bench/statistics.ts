/** Median and quartiles of paired ratios. */
export interface Spread {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The middle of the values, and the quartiles around it (linear between neighbours). */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((x, y) => x - y);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
  };
  return { value: at(0.5), low: at(0.25), high: at(0.75) };
}

/** Each value of one series over its partner in another. */
export function ratios(over: readonly number[], under: readonly number[]): number[] {
  return over.map((value, i) => value / under[i]);
}
