import type { AutomationCalls } from "../platform/automation-client.ts";
import type { StateMachineCalls } from "../platform/state-machine-client.ts";
import type { CorrectionRuns } from "./start.ts";

/** Starts and asks at Systems Manager and Step Functions. */
export function awsRuns(automations: AutomationCalls, machines: StateMachineCalls): CorrectionRuns {
  return {
    start(plan, token, signal) {
      if (plan.type === "ssm-automation") return automations.start({ ...plan, clientToken: token }, signal);
      return machines.start({ ...plan, name: `belfry-${token}` }, signal);
    },
    outcome(plan, execution, signal) {
      if (plan.type === "ssm-automation") return automations.outcome(execution, plan.region, signal);
      return machines.outcome(execution, signal);
    },
  };
}
