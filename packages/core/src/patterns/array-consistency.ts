import type { EventValues, FieldValue, Membership } from "./event-values.ts";
import type { FieldCondition } from "./field-condition.ts";

/**
 * Whether an event satisfies all conditions at once, with values that do not stand in different elements of the same array. Conditions come in
 * the order of their paths, and each is decided with what the earlier ones chose: so does AWS, and it shows in fields that must be absent.
 */
export function holdsConsistently(conditions: readonly FieldCondition[], event: EventValues): boolean {
  return new ConsistentSearch(conditions, event).find(0, []);
}

/** Goes through the conditions, for each through the values that it accepts, and remembers what led nowhere. */
class ConsistentSearch {
  readonly #conditions: readonly FieldCondition[];
  readonly #elements: readonly Element[];
  /** By array: the last condition whose field has values in it. Later ones need not know which element was chosen. */
  readonly #lastUse = new Map<number, number>();
  readonly #failed = new Set<string>();

  constructor(conditions: readonly FieldCondition[], event: EventValues) {
    this.#conditions = conditions;
    this.#elements = conditions.map(({ path }, i) => {
      const values = event.at(path);
      for (const { membership } of values) {
        for (let at = 0; at < membership.length; at += 2) this.#lastUse.set(membership[at], i);
      }
      return elementTree(values);
    });
  }

  /** Whether the conditions from the i-th on hold, given the chosen elements. */
  find(i: number, chosen: Membership): boolean {
    if (i === this.#conditions.length) return true;
    const key = `${i}:${chosen.join()}`;
    if (this.#failed.has(key)) return false;
    const isFound = this.#try(i, chosen);
    if (!isFound) this.#failed.add(key);
    return isFound;
  }

  #try(i: number, chosen: Membership): boolean {
    const { acceptsAbsence, accepts } = this.#conditions[i];
    let isAbsent = true;
    const isFound = someConsistent(this.#elements[i], chosen, ({ value, membership }) => {
      isAbsent = false;
      return accepts(value) && this.find(i + 1, this.#needed(union(chosen, membership), i + 1));
    });
    return isFound || (isAbsent && acceptsAbsence && this.find(i + 1, this.#needed(chosen, i + 1)));
  }

  #needed(chosen: Membership, from: number): Membership {
    if (chosen.length === 0) return chosen;
    const needed: number[] = [];
    for (let at = 0; at < chosen.length; at += 2) {
      if ((this.#lastUse.get(chosen[at]) ?? -1) >= from) needed.push(chosen[at], chosen[at + 1]);
    }
    return needed;
  }
}

/** What an array element, or the event as a whole, holds of one field: values of its own, and elements of arrays within it. */
interface Element {
  readonly values: FieldValue[];
  readonly arrays: Map<number, Map<number, Element>>;
}

function elementTree(values: readonly FieldValue[]): Element {
  const root: Element = { values: [], arrays: new Map() };
  for (const value of values) {
    let element = root;
    for (let at = 0; at < value.membership.length; at += 2) {
      const array = entryOf(element.arrays, value.membership[at], () => new Map<number, Element>());
      element = entryOf(array, value.membership[at + 1], () => ({ values: [], arrays: new Map() }));
    }
    element.values.push(value);
  }
  return root;
}

function entryOf<T>(map: Map<number, T>, key: number, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** Whether the test holds for a value that is in no other element of an array than the chosen one. */
function someConsistent(element: Element, chosen: Membership, test: (value: FieldValue) => boolean): boolean {
  if (element.values.some(test)) return true;
  for (const [array, elements] of element.arrays) {
    const at = chosenIndex(chosen, array);
    if (at === undefined) {
      for (const inner of elements.values()) if (someConsistent(inner, chosen, test)) return true;
    } else {
      const inner = elements.get(at);
      if (inner !== undefined && someConsistent(inner, chosen, test)) return true;
    }
  }
  return false;
}

function chosenIndex(chosen: Membership, array: number): number | undefined {
  for (let at = 0; at < chosen.length; at += 2) if (chosen[at] === array) return chosen[at + 1];
  return undefined;
}

/** Two consistent memberships as one, in the order of the arrays' numbers, so that equal ones read alike. */
function union(chosen: Membership, other: Membership): Membership {
  if (other.length === 0) return chosen;
  if (chosen.length === 0) return other;
  const merged: number[] = [];
  let at = 0;
  for (let i = 0; i < other.length; i += 2) {
    while (at < chosen.length && chosen[at] < other[i]) merged.push(chosen[at++], chosen[at++]);
    if (chosen[at] === other[i]) at += 2;
    merged.push(other[i], other[i + 1]);
  }
  while (at < chosen.length) merged.push(chosen[at++]);
  return merged;
}
