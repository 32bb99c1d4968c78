import { holdsConsistently } from "./array-consistency.ts";
import { ancestorsOf, EventValues, type PathSet, scalarFrom } from "./event-values.ts";
import type { FieldCondition } from "./field-condition.ts";

/** A pattern that reads its fields by the ids that a reader gave their paths. */
export interface BoundPattern<Id> {
  /**
   * Whether a record matches. `read` gives the value at a path: undefined (none), string, number, bigint, boolean, null, object or array. It looks
   * into objects and arrays that it holds: through an array it gives an array of what the elements have at the path.
   */
  matches(read: (id: Id) => unknown): boolean;
}

interface BoundField<Id> {
  readonly condition: FieldCondition;
  readonly id: Id;
  /** Paths above the field's, outermost first: an array there means that the field's values stand in its elements. */
  readonly above: readonly { readonly path: string; readonly id: Id }[];
}

type BoundBranch<Id> = readonly BoundField<Id>[];

/** Binds a pattern's branches to a reader. Nothing is allocated for a record whose fields are scalars or arrays of scalars. */
export class BoundBranches<Id> implements BoundPattern<Id> {
  readonly #branches: readonly BoundBranch<Id>[];
  readonly #conditions: readonly (readonly FieldCondition[])[];
  readonly #paths: PathSet;

  constructor(branches: readonly (readonly FieldCondition[])[], paths: PathSet, resolve: (path: string) => Id) {
    const ids = new Map<string, Id>();
    const idOf = (path: string): Id => {
      const id = ids.has(path) ? (ids.get(path) as Id) : resolve(path);
      ids.set(path, id);
      return id;
    };
    const bind = (condition: FieldCondition): BoundField<Id> => ({
      condition,
      id: idOf(condition.path),
      above: ancestorsOf(condition.path).map((path) => ({ path, id: idOf(path) })),
    });
    // All must hold, so the cheap ones are asked first.
    const cheapFirst = (x: FieldCondition, y: FieldCondition): number => Number(y.isExact) - Number(x.isExact);
    this.#branches = branches.map((conditions) => conditions.toSorted(cheapFirst).map(bind));
    this.#conditions = branches;
    this.#paths = paths;
  }

  matches(read: (id: Id) => unknown): boolean {
    for (const branch of this.#branches) {
      const verdict = verdictOf(branch, read);
      if (verdict === undefined) return this.#matchesNested(read);
      if (verdict) return true;
    }
    return false;
  }

  /** As if the record were an event: arrays are in the way, whose elements must not be mixed. */
  #matchesNested(read: (id: Id) => unknown): boolean {
    const event = new EventValues(this.#paths);
    const fields = new Map(this.#branches.flat().map((field) => [field.condition.path, field]));
    const added = new Set<string>();
    for (const [path, { id, above }] of fields) {
      const value = read(id);
      if (!isNested(value)) continue;
      const outermost = above
        .map((ancestor) => ({ path: ancestor.path, value: read(ancestor.id) }))
        .find((ancestor) => isNested(ancestor.value));
      const top = outermost ?? { path, value };
      if (!added.has(top.path)) event.addField(top.path, top.value);
      added.add(top.path);
    }
    for (const [path, { id }] of fields) {
      const scalar = scalarFrom(read(id));
      if (scalar !== undefined) event.set(path, scalar);
    }
    return this.#conditions.some((conditions) => holdsConsistently(conditions, event));
  }
}

/** Whether the record satisfies all conditions; undefined when arrays of objects or of arrays are in the way. */
function verdictOf<Id>(branch: BoundBranch<Id>, read: (id: Id) => unknown): boolean | undefined {
  for (const field of branch) {
    const { condition } = field;
    const value = read(field.id);
    if (typeof value === "string" || typeof value === "number") {
      if (!condition.accepts(value)) return false;
    } else if (Array.isArray(value)) {
      const verdict = verdictOfList(field, value, read);
      if (verdict !== true) return verdict;
    } else {
      const scalar = scalarFrom(value);
      if (scalar === undefined ? !condition.acceptsAbsence : !condition.accepts(scalar)) return false;
    }
  }
  return true;
}

function verdictOfList<Id>(
  field: BoundField<Id>,
  list: readonly unknown[],
  read: (id: Id) => unknown,
): boolean | undefined {
  for (const { id } of field.above) if (isNested(read(id))) return undefined;
  const { accepts, acceptsAbsence } = field.condition;
  let isAccepted = false;
  let isAbsent = true;
  for (const element of list) {
    if (isNested(element)) return undefined;
    const scalar = scalarFrom(element);
    if (scalar === undefined) continue;
    isAbsent = false;
    isAccepted ||= accepts(scalar);
  }
  return isAccepted || (isAbsent && acceptsAbsence);
}

function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
