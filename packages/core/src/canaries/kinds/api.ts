import { runHttpStep } from "../checks/http-step.ts";
import type { RunKind } from "../kind.ts";
import { HarRecorder } from "../probe/har.ts";
import { doSteps, filledVariables, type PlannedStep, variablesIn } from "./step-plan.ts";

/** Calls an API, step by step, and keeps all of it as a HAR. */
export const runApi: RunKind<"api"> = async (context) => {
  const { steps, variables, continueOnFailure } = context.canary;
  const har = new HarRecorder(context);
  const planned = steps.map(
    (config): PlannedStep => ({
      name: config.name,
      always: config.always || continueOnFailure,
      gives: config.extract.map(({ name }) => name),
      uses: variablesIn(config),
      run: (step, known) => runHttpStep(config, step, { context, variables: known, onExchange: har.add }),
    }),
  );
  await doSteps(planned, context, await filledVariables(variables, context));
};
