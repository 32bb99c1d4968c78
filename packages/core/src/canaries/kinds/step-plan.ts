import type { RunContext, Step } from "../context.ts";
import { CanaryFailure, failureOf } from "../failure.ts";
import type { Failure } from "../report.ts";

/** A step that is to be done. */
export interface PlannedStep {
  readonly name: string;
  /** Is done though an earlier one failed. */
  readonly always: boolean;
  /** Names of variables that it gives, and of those that it uses. */
  readonly gives: readonly string[];
  readonly uses: readonly string[];
  /** Gives the values of variables. */
  run(step: Step, variables: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>>;
}

/** Names in the templates of a step's configuration. */
export function variablesIn(config: unknown): string[] {
  return [...JSON.stringify(config).matchAll(/(?<!\$)\$\{([A-Za-z]\w*)\}/g)].map(([, name = ""]) => name);
}

/**
 * Does the steps in their order, each with the variables of those before it. One that uses a variable of a step that failed is skipped, as is one after a failure
 * unless it is always done. Raises a CanaryFailure that says which failed, of the class of the first.
 */
export async function doSteps(
  steps: readonly PlannedStep[],
  context: RunContext,
  given: Readonly<Record<string, string>>,
): Promise<void> {
  const variables = { ...given };
  const missing = new Set<string>();
  const failures: { readonly step: string; readonly failure: Failure }[] = [];
  for (const planned of steps) {
    const isLeftOut = failures.length > 0 && (!planned.always || planned.uses.some((name) => missing.has(name)));
    if (isLeftOut) {
      context.skip(planned.name);
      for (const name of planned.gives) missing.add(name);
      continue;
    }
    try {
      Object.assign(variables, await context.step(planned.name, (step) => planned.run(step, variables)));
    } catch (thrown) {
      context.signal.throwIfAborted();
      failures.push({ step: planned.name, failure: failureOf(thrown) });
      for (const name of planned.gives) missing.add(name);
    }
  }
  raise(failures, steps.length);
}

function raise(failures: readonly { readonly step: string; readonly failure: Failure }[], of: number): void {
  // What is wrong with the target comes before what is wrong with the canary.
  const isOwn = ({ failure }: (typeof failures)[number]) => failure.class === "canary";
  const first = failures.find((one) => !isOwn(one)) ?? failures[0];
  if (first === undefined) return;
  const said = failures.map(({ step, failure }) => `${step}: ${failure.message}`).join("; ");
  throw new CanaryFailure(
    first.failure.class,
    failures.length === 1 ? said : `${failures.length} of ${of} steps failed: ${said}`,
  );
}

/** The configured variables with their templates filled in, each with those before it. */
export async function filledVariables(
  variables: Readonly<Record<string, string>>,
  context: RunContext,
): Promise<Record<string, string>> {
  const filled: Record<string, string> = {};
  for (const [name, template] of Object.entries(variables)) filled[name] = await context.fill(template, filled);
  return filled;
}
