/** How one source of one set did: `score` is from 0 to 1, `passed` how many cases are right in every part, `failures` what is wrong with the others. */
export interface Score {
  readonly set: string;
  readonly source: string;
  readonly cases: number;
  readonly passed: number;
  readonly score: number;
  readonly failures: readonly string[];
}

/** A file that was found and is not scored, and why. */
export interface Skipped {
  readonly set: string;
  readonly file: string;
  readonly reason: string;
}
