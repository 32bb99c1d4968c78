import { NameTable } from "./name-table.ts";

/** The slot of the whole object. */
export const ROOT = 0;

/**
 * The members of a JSON object that a parser reads, each with a number: its slot. Paths are keys joined by "/", because keys may hold
 * dots: `userIdentity/sessionContext`.
 */
export class JsonShape {
  /** Number of slots; slot 0 is the object itself. */
  readonly size: number;
  /** By slot: the members below it that are read, if any. */
  readonly members: readonly (NameTable | undefined)[];
  /** By slot: the first slot that is not below it; those below are the ones between. */
  readonly after: Int32Array;
  readonly #slots: ReadonlyMap<string, number>;

  constructor(paths: readonly string[]) {
    const ordered = ["", ...[...withParents(paths)].sort(byKeys)];
    const slots = new Map(ordered.map((path, slot) => [path, slot]));
    this.#slots = slots;
    this.size = ordered.length;
    this.members = ordered.map((path) => tableOf(path === "" ? "" : `${path}/`, slots));
    this.after = Int32Array.from(ordered, (path, slot) =>
      path === "" ? ordered.length : slot + 1 + ordered.filter((other) => other.startsWith(`${path}/`)).length,
    );
  }

  /** The slot of a path of this shape; raises RangeError for any other. */
  slot(path: string): number {
    const slot = this.#slots.get(path);
    if (slot === undefined) throw new RangeError(`the shape has no path "${path}"`);
    return slot;
  }
}

function withParents(paths: readonly string[]): Set<string> {
  const all = new Set<string>();
  for (const path of paths) {
    for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) all.add(path.slice(0, slash));
    all.add(path);
  }
  return all;
}

/** The order in which what is below a path directly follows it: "/" is lower than any character of a key. */
function byKeys(x: string, y: string): number {
  return x.replaceAll("/", "\0") < y.replaceAll("/", "\0") ? -1 : 1;
}

function tableOf(parent: string, slots: ReadonlyMap<string, number>): NameTable | undefined {
  const names = [...slots]
    .filter(([path]) => path.length > parent.length && path.startsWith(parent) && !path.includes("/", parent.length))
    .map(([path, slot]) => [path.slice(parent.length), slot] as const);
  return names.length === 0 ? undefined : new NameTable(names);
}
