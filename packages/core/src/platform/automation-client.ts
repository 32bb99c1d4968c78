import type { AutomationExecutionStatus } from "@aws-sdk/client-ssm";
import { awsCall } from "./aws-call.ts";
import { perRegion, settings } from "./clients.ts";

/** An Automation document to run; its parameters are lists of texts. */
export interface AutomationStart {
  readonly document: string;
  readonly documentVersion?: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly region: string;
  /** A UUID: the same again starts nothing more, as long as AWS remembers it. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html */
  readonly clientToken: string;
}

/** How an automation or an execution is: AWS's word, and why, where it says so. */
export interface RunOutcome {
  readonly state: "running" | "succeeded" | "failed";
  readonly detail: string;
}

/** The actions of Systems Manager's Automation that Belfry uses. Each raises AwsCallError. */
export interface AutomationCalls {
  /** Answers the execution's id. */
  start(start: AutomationStart, signal: AbortSignal): Promise<string>;
  outcome(execution: string, region: string, signal: AbortSignal): Promise<RunOutcome>;
}

/** Words that are an end; all others go on. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AutomationExecution.html */
const ENDS: Partial<Record<AutomationExecutionStatus, RunOutcome["state"]>> = {
  Success: "succeeded",
  CompletedWithSuccess: "succeeded",
  CompletedWithFailure: "failed",
  Failed: "failed",
  TimedOut: "failed",
  Cancelled: "failed",
  Rejected: "failed",
  ChangeCalendarOverrideRejected: "failed",
  Exited: "failed",
};

/** An answer that does not come in time leaves it open whether it was started. */
const REQUEST_TIMEOUT_MS = 10_000;

const ssmClient = perRegion(async (region) => {
  const { SSMClient } = await import("@aws-sdk/client-ssm");
  return new SSMClient(await settings(region));
});

/** The real calls, one attempt each. */
export function automationCalls(timeoutMs = REQUEST_TIMEOUT_MS): AutomationCalls {
  return {
    async start({ document, documentVersion, parameters, region, clientToken }, signal) {
      const { StartAutomationExecutionCommand } = await import("@aws-sdk/client-ssm");
      const client = await ssmClient(region);
      const command = new StartAutomationExecutionCommand({
        DocumentName: document,
        ...(documentVersion === undefined ? {} : { DocumentVersion: documentVersion }),
        Parameters: Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, [...values]])),
        ClientToken: clientToken,
      });
      const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const answer = await awsCall("ssm:StartAutomationExecution", () => client.send(command, { abortSignal }));
      return answer.AutomationExecutionId ?? "";
    },
    async outcome(execution, region, signal) {
      const { GetAutomationExecutionCommand } = await import("@aws-sdk/client-ssm");
      const client = await ssmClient(region);
      const command = new GetAutomationExecutionCommand({ AutomationExecutionId: execution });
      const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const answer = await awsCall("ssm:GetAutomationExecution", () => client.send(command, { abortSignal }));
      const { AutomationExecutionStatus: status = "Pending", FailureMessage: failure } =
        answer.AutomationExecution ?? {};
      return { state: ENDS[status] ?? "running", detail: failure === undefined ? status : `${status}: ${failure}` };
    },
  };
}
