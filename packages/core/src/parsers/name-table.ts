const NONE = -1;

/** Cells per name: with four, three lookups in four of a name that is not there end at an empty cell. */
const CELLS_PER_NAME = 4;

/** Finds names in bytes without making strings of them: by a hash of the length and a few bytes, and then one comparison. */
export class NameTable {
  /** By cell: the first name there; by name: the next one of its cell, its number, and its span in the text. */
  readonly #first: Int16Array;
  readonly #next: Int16Array;
  readonly #values: Int32Array;
  readonly #starts: Uint16Array;
  readonly #lengths: Uint16Array;
  readonly #text: Uint8Array;
  readonly #mask: number;

  /** Takes each name with the number that `find` gives for it, 0 or more. */
  constructor(entries: readonly (readonly [name: string, value: number])[]) {
    const names = entries.map(([name]) => Buffer.from(name));
    const cells = 2 ** Math.ceil(Math.log2(names.length * CELLS_PER_NAME));
    this.#mask = cells - 1;
    this.#first = new Int16Array(cells).fill(NONE);
    this.#next = new Int16Array(names.length);
    this.#values = Int32Array.from(entries, ([, value]) => value);
    this.#lengths = Uint16Array.from(names, ({ length }) => length);
    this.#starts = new Uint16Array(names.length);
    this.#text = Buffer.concat(names);
    let start = 0;
    for (const [i, name] of names.entries()) {
      const cell = hash(name, 0, name.length) & this.#mask;
      this.#next[i] = this.#first[cell];
      this.#first[cell] = i;
      this.#starts[i] = start;
      start += name.length;
    }
  }

  /** The number of the name that stands in bytes [from, to), or -1 when it is none of the table's. */
  find(bytes: Uint8Array, from: number, to: number): number {
    for (let name = this.#first[hash(bytes, from, to) & this.#mask]; name !== NONE; name = this.#next[name]) {
      if (this.#lengths[name] === to - from && this.#stands(name, bytes, from, to)) return this.#values[name];
    }
    return NONE;
  }

  #stands(name: number, bytes: Uint8Array, from: number, to: number): boolean {
    const text = this.#text;
    for (let i = from, k = this.#starts[name]; i < to; i++, k++) if (bytes[i] !== text[k]) return false;
    return true;
  }
}

function hash(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  const sample =
    bytes[from] | (bytes[from + (length >> 1)] << 8) | (bytes[to - (length >> 2) - 1] << 16) | (bytes[to - 1] << 24);
  const mixed = Math.imul(sample ^ Math.imul(length, 0x85ebca6b), 0x9e3779b1);
  return mixed >>> 16;
}
