/** The columns of a line as a parser read them: how many there are, and the state and span of each. */
export interface Columns {
  readonly count: number;
  readonly states: Uint8Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
}
