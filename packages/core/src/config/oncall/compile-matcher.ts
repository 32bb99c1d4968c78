import { type LabelMatcher, parseMatchers } from "./label-matcher.ts";
import { wholeTextExpression } from "./regular-expression.ts";

/** Labels by name; one that is absent counts as the empty text. */
export type Labels = Readonly<Record<string, string>>;

/** Whether labels are as a condition wants them. */
export type LabelTest = (labels: Labels) => boolean;

/** The value of a label, empty when there is none. */
export function labelOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? labels[name] : "";
}

/** Compiles a matcher; raises BAD_ARGUMENT for an expression that RE2 refuses. */
export function compileMatcher({ name, operator, value }: LabelMatcher): LabelTest {
  if (operator === "=") return (labels) => labelOf(labels, name) === value;
  if (operator === "!=") return (labels) => labelOf(labels, name) !== value;
  const expression = wholeTextExpression(value);
  const isWanted = operator === "=~";
  return (labels) => expression.test(labelOf(labels, name)) === isWanted;
}

/** Compiles matchers all of which must match; none at all match everything. */
export function compileMatchers(matchers: readonly LabelMatcher[]): LabelTest {
  const tests = matchers.map(compileMatcher);
  return (labels) => tests.every((test) => test(labels));
}

/** Compiles matchers as the configuration writes them: `severity="critical"`, several to a text if need be. */
export function compileMatcherTexts(texts: readonly string[]): LabelTest {
  return compileMatchers(texts.flatMap(parseMatchers));
}
