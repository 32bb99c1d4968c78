/** Alternatives by the name of what they are alternatives of. */
export type Axes<Value> = Readonly<Record<string, Readonly<Record<string, Value>>>>;
/** One alternative of each axis, by name. */
export type Choice = Readonly<Record<string, string>>;

/**
 * A small set of choices in which every two alternatives of different axes stand together at least once, save those that `fits` refuses: what is wrong with a
 * combination is nearly always wrong with a pair. Each choice is built around a pair that is not covered yet, and takes of each other axis what covers most.
 */
export function pairwise<Value>(axes: Axes<Value>, fits: (choice: Choice) => boolean): Choice[] {
  const missing = allPairs(axes);
  const choices: Choice[] = [];
  for (const pair of [...missing.values()]) {
    if (!missing.has(keyOf(pair))) continue;
    const choice = complete(axes, pair, missing, fits);
    if (choice === undefined) continue;
    for (const covered of pairsOf(choice)) missing.delete(keyOf(covered));
    choices.push(choice);
  }
  return choices;
}

function complete<Value>(
  axes: Axes<Value>,
  start: Choice,
  missing: ReadonlyMap<string, Choice>,
  fits: (choice: Choice) => boolean,
): Choice | undefined {
  const axis = Object.keys(axes).find((name) => start[name] === undefined);
  if (!fits(start)) return undefined;
  if (axis === undefined) return start;
  const gain = (choice: Choice): number => pairsOf(choice).filter((pair) => missing.has(keyOf(pair))).length;
  const candidates = Object.keys(axes[axis]).map((alternative) => ({ ...start, [axis]: alternative }));
  for (const candidate of candidates.toSorted((a, b) => gain(b) - gain(a))) {
    const whole = complete(axes, candidate, missing, fits);
    if (whole !== undefined) return whole;
  }
  return undefined;
}

function allPairs<Value>(axes: Axes<Value>): Map<string, Choice> {
  const single = Object.entries(axes).map(([axis, values]) => Object.keys(values).map((value) => ({ [axis]: value })));
  const pairs = single.flatMap((left, i) =>
    single.slice(i + 1).flatMap((right) => left.flatMap((a) => right.map((b): Choice => ({ ...a, ...b })))),
  );
  return new Map(pairs.map((pair) => [keyOf(pair), pair]));
}

function pairsOf(choice: Choice): Choice[] {
  const chosen = Object.entries(choice);
  return chosen.flatMap(([a, x], i) => chosen.slice(i + 1).map(([b, y]) => ({ [a]: x, [b]: y })));
}

function keyOf(pair: Choice): string {
  return Object.keys(pair)
    .toSorted()
    .map((axis) => `${axis}=${pair[axis]}`)
    .join(" ");
}
