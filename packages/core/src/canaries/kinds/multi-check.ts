import { Blueprint, type BlueprintConfig } from "../../config/canaries/blueprint.ts";
import { checksOfBlueprint } from "../../config/canaries/blueprint-checks.ts";
import type { CheckConfig, MultiCheckConfig } from "../../config/canaries/multi-check.ts";
import { messageOf } from "../../platform/errors.ts";
import { runDnsCheck } from "../checks/dns-check.ts";
import { type CheckScope, runHttpStep } from "../checks/http-step.ts";
import { runTcpCheck } from "../checks/tcp-check.ts";
import { runTlsCheck } from "../checks/tls-check.ts";
import type { RunContext, Step } from "../context.ts";
import { deadlineAfter } from "../deadline.ts";
import { CanaryFailure } from "../failure.ts";
import type { RunKind } from "../kind.ts";
import { HarRecorder } from "../probe/har.ts";
import { doSteps, filledVariables, type PlannedStep, variablesIn } from "./step-plan.ts";

/** Makes the checks of HTTP, DNS, TLS and TCP, one after the other; one that fails does not stop the next. */
export const runMultiCheck: RunKind<"multi-check"> = async (context) => {
  const har = new HarRecorder(context);
  const { checks, variables } = await checksOf(context.canary, context);
  const planned = checks.map(
    (config): PlannedStep => ({
      name: config.name,
      always: true,
      gives: config.check === "http" ? config.extract.map(({ name }) => name) : [],
      uses: variablesIn(config),
      run: (step, known) => runCheck(config, step, { context, variables: known, onExchange: har.add }),
    }),
  );
  await doSteps(planned, context, await filledVariables(variables, context));
};

interface Checks {
  readonly checks: readonly CheckConfig[];
  readonly variables: Readonly<Record<string, string>>;
}

async function checksOf({ checks, variables, blueprint }: MultiCheckConfig, context: RunContext): Promise<Checks> {
  if (blueprint === undefined) return { checks, variables };
  const given = typeof blueprint === "string" ? await readBlueprint(blueprint, context) : blueprint;
  return { checks: checksOfBlueprint(given), variables: { ...given.variables, ...variables } };
}

async function readBlueprint(path: string, context: RunContext): Promise<BlueprintConfig> {
  const text = await context.readText(path);
  try {
    return Blueprint.parse(JSON.parse(text));
  } catch (thrown) {
    throw new CanaryFailure("canary", `${path} is no blueprint of CloudWatch Synthetics: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}

async function runCheck(config: CheckConfig, step: Step, scope: CheckScope): Promise<Readonly<Record<string, string>>> {
  if (config.check === "http") return runHttpStep(config, step, scope);
  const { context } = scope;
  const late = () => new CanaryFailure("timeout", `not done within ${config.timeoutMs} ms`);
  const deadline = deadlineAfter(config.timeoutMs, context.sleep, late, step.signal);
  try {
    if (config.check === "dns") await runDnsCheck(config, step, scope, deadline.signal);
    else if (config.check === "tls") await runTlsCheck(config, step, scope, deadline.signal);
    else await runTcpCheck(config, step, scope, deadline.signal);
  } finally {
    deadline.clear();
  }
  return {};
}
