import type { ExecutionStatus } from "@aws-sdk/client-sfn";
import { AwsCallError, awsCall } from "./aws-call.ts";
import { perRegion, settings } from "./clients.ts";
import { BelfryError } from "./errors.ts";

/** An execution of a state machine; `input` is JSON. */
export interface ExecutionStart {
  readonly stateMachineArn: string;
  readonly input: string;
  /** At most 80 characters. A standard state machine has one execution of a name in 90 days. https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
  readonly name: string;
}

/** How an execution is: AWS's word, and why, where it says so. */
interface ExecutionOutcome {
  readonly state: "running" | "succeeded" | "failed";
  readonly detail: string;
}

/** The actions of Step Functions that Belfry uses. Each raises AwsCallError. */
export interface StateMachineCalls {
  /**
   * Starts the execution of a name, once however often this is called, and answers its ARN. Raises BAD_CONFIG for an express state machine, which would start it each time
   * and cannot say what became of it.
   */
  start(start: ExecutionStart, signal: AbortSignal): Promise<string>;
  outcome(executionArn: string, signal: AbortSignal): Promise<ExecutionOutcome>;
}

const ENDS: Partial<Record<ExecutionStatus, ExecutionOutcome["state"]>> = {
  SUCCEEDED: "succeeded",
  FAILED: "failed",
  TIMED_OUT: "failed",
  ABORTED: "failed",
};

/** An answer that does not come in time leaves it open whether it was started. */
const REQUEST_TIMEOUT_MS = 10_000;

const sfnClient = perRegion(async (region) => {
  const { SFNClient } = await import("@aws-sdk/client-sfn");
  return new SFNClient(await settings(region));
});

/** The real calls, one attempt each, in the region of the ARN. */
export function stateMachineCalls(timeoutMs = REQUEST_TIMEOUT_MS): StateMachineCalls {
  const within = (signal: AbortSignal) => ({ abortSignal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
  return {
    async start({ stateMachineArn, input, name }, signal) {
      const { DescribeStateMachineCommand, StartExecutionCommand } = await import("@aws-sdk/client-sfn");
      const client = await sfnClient(regionOf(stateMachineArn));
      const question = new DescribeStateMachineCommand({ stateMachineArn, includedData: "METADATA_ONLY" });
      const { type } = await awsCall("states:DescribeStateMachine", () => client.send(question, within(signal)));
      if (type === "EXPRESS") {
        const text = `${stateMachineArn} is an express state machine, which may run twice: give a standard one`;
        throw new BelfryError("BAD_CONFIG", text);
      }
      const command = new StartExecutionCommand({ stateMachineArn, input, name });
      try {
        const answer = await awsCall("states:StartExecution", () => client.send(command, within(signal)));
        return answer.executionArn ?? executionArnOf(stateMachineArn, name);
      } catch (thrown) {
        // It has ended already: nobody else gives this name.
        const isThere = thrown instanceof AwsCallError && thrown.awsName === "ExecutionAlreadyExists";
        if (isThere) return executionArnOf(stateMachineArn, name);
        throw thrown;
      }
    },
    async outcome(executionArn, signal) {
      const { DescribeExecutionCommand } = await import("@aws-sdk/client-sfn");
      const client = await sfnClient(regionOf(executionArn));
      const command = new DescribeExecutionCommand({ executionArn, includedData: "METADATA_ONLY" });
      const answer = await awsCall("states:DescribeExecution", () => client.send(command, within(signal)));
      const { status = "RUNNING", error, cause } = answer;
      const why = [error, cause].filter((text) => text !== undefined).join(": ");
      return { state: ENDS[status] ?? "running", detail: why === "" ? status : `${status}: ${why}` };
    },
  };
}

function executionArnOf(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
}

function regionOf(arn: string): string | undefined {
  return arn.split(":")[3];
}
