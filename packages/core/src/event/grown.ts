type Column = Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** A column of twice the length with the same values at its beginning, and zeros behind them. */
export function grown<T extends Column>(column: T): T {
  const twice = new (column.constructor as new (length: number) => T)(column.length * 2);
  twice.set(column);
  return twice;
}
