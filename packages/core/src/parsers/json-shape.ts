import { NameTable } from "./name-table.ts";

/** The slot of the whole object. */
export const ROOT = 0;

/** Members by key, each with its own. */
type Tree = Map<string, Tree>;

/**
 * The members of a JSON object that a parser reads, each with a number: its slot. Paths are keys joined by "/", because keys may hold
 * dots: `userIdentity/sessionContext`.
 */
export class JsonShape {
  /** By slot: the members below it that are read, if any. */
  readonly members: readonly (NameTable | undefined)[];
  /** By slot: the first slot that is not below it; those below are the ones between. */
  readonly after: Int32Array;
  readonly #slots = new Map<string, number>();

  constructor(paths: readonly string[]) {
    const members: (NameTable | undefined)[] = [];
    const after: number[] = [];
    this.#number(treeOf(paths), "", members, after);
    this.members = members;
    this.after = Int32Array.from(after);
  }

  /** Number of slots; slot 0 is the object itself. */
  get size(): number {
    return this.members.length;
  }

  /** The slot of a path of this shape; raises RangeError for any other. */
  slot(path: string): number {
    const slot = this.#slots.get(path);
    if (slot === undefined) throw new RangeError(`the shape has no path "${path}"`);
    return slot;
  }

  /** Numbers an object and then, before what comes after it, all that is below it. */
  #number(tree: Tree, path: string, members: (NameTable | undefined)[], after: number[]): number {
    const slot = members.push(undefined) - 1;
    this.#slots.set(path, slot);
    const names = [...tree].map(
      ([key, below]) => [key, this.#number(below, path === "" ? key : `${path}/${key}`, members, after)] as const,
    );
    if (names.length > 0) members[slot] = new NameTable(names);
    after[slot] = members.length;
    return slot;
  }
}

function treeOf(paths: readonly string[]): Tree {
  const root: Tree = new Map();
  for (const path of paths) {
    let at = root;
    for (const key of path.split("/")) {
      let below = at.get(key);
      if (below === undefined) {
        below = new Map();
        at.set(key, below);
      }
      at = below;
    }
  }
  return root;
}
