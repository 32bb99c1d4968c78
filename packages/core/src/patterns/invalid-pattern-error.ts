/** Where in a pattern's text a refusal stands, both counted from 1 as AWS's messages count them. */
export interface PatternPlace {
  readonly line: number;
  readonly column: number;
}

/** An event pattern that AWS would refuse. `reason` is what EventBridge says after "Event pattern is not valid. Reason:". */
export class InvalidPatternError extends Error {
  override readonly name = "InvalidPatternError";
  readonly reason: string;
  readonly place: PatternPlace;

  constructor(reason: string, place: PatternPlace, options?: ErrorOptions) {
    super(`event pattern is not valid: ${reason} (line ${place.line}, column ${place.column})`, options);
    this.reason = reason;
    this.place = place;
  }
}
