import { InvalidPatternError } from "./invalid-pattern-error.ts";
import { JsonTokens } from "./json-tokens.ts";

/** The text of a pattern, token by token; a refusal is an InvalidPatternError that names the place which was read up to. */
export class PatternTokens extends JsonTokens {
  override refuse(reason: string): never {
    const lines = this.source.slice(0, this.offset).split(/\r\n|\r|\n/);
    throw new InvalidPatternError(reason, { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 });
  }
}
