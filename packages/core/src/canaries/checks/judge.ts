import type { ComparisonConfig } from "../../config/canaries/comparison.ts";
import type { RunContext, Step } from "../context.ts";
import { CanaryFailure } from "../failure.ts";
import { brokenComparison, type Quantifier } from "./compare.ts";

/** An assertion of whatever check: what it is on, and what that is compared with. */
export interface AnyAssertion extends ComparisonConfig {
  readonly on: string;
  readonly description?: string | undefined;
}

/** The values that an assertion is on, by a name for people; none for an absent one. */
export interface Subject {
  readonly name: string;
  readonly values: readonly unknown[];
  readonly quantifier?: Quantifier;
}

/** Texts to fill in, by the names of their variables. */
export type Variables = Readonly<Record<string, string>>;

/** The assertion with its templates filled in. */
export async function filledAssertion<A extends AnyAssertion>(
  assertion: A,
  context: RunContext,
  variables: Variables,
): Promise<A> {
  const entries = Object.entries(assertion).map(async ([key, value]) => [
    key,
    typeof value === "string" && key !== "on" && key !== "description" ? await context.fill(value, variables) : value,
  ]);
  return Object.fromEntries(await Promise.all(entries)) as A;
}

/** Judges all assertions, writes each into the step's details, and raises CanaryFailure of class `assertion` with those that do not hold. `read` may raise one for its own. */
export function judge<A extends AnyAssertion>(
  assertions: readonly A[],
  read: (assertion: A) => Subject,
  step: Step,
): void {
  if (assertions.length === 0) return;
  const judged = assertions.map((assertion) => {
    const broken = brokenAssertion(assertion, read);
    return {
      assertion: assertion.description ?? assertion.on,
      passed: broken === undefined,
      ...(broken && { broken }),
    };
  });
  step.detail("assertions", judged);
  const broken = judged.flatMap((one) => one.broken ?? []);
  if (broken.length > 0) throw new CanaryFailure("assertion", broken.join("; "));
}

function brokenAssertion<A extends AnyAssertion>(assertion: A, read: (assertion: A) => Subject): string | undefined {
  try {
    const { name, values, quantifier } = read(assertion);
    return brokenComparison(name, values, assertion, quantifier);
  } catch (thrown) {
    if (thrown instanceof CanaryFailure && thrown.failureClass === "assertion") return thrown.message;
    throw thrown;
  }
}
