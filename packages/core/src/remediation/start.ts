import { AwsCallError } from "../platform/aws-call.ts";
import { BelfryError } from "../platform/errors.ts";
import type { PlannedRun } from "./plan.ts";

/** What becomes of an execution. */
export interface ExecutionState {
  readonly state: "running" | "succeeded" | "failed";
  /** AWS's own word for it, and why, where it says so. */
  readonly detail: string;
}

/** The actions that corrective actions make at AWS; each raises AwsCallError. */
export interface CorrectionRuns {
  /** Starts what is planned and answers what to ask after it by. The same `token`, a UUID, starts it once, however often it is given. Raises BAD_CONFIG for what could not be started once. */
  start(plan: PlannedRun, token: string, signal: AbortSignal): Promise<string>;
  outcome(plan: PlannedRun, execution: string, signal: AbortSignal): Promise<ExecutionState>;
}

/** What came of an attempt to start. */
export type Started =
  | { readonly outcome: "started"; readonly execution: string }
  /** Nothing was started, and may be later. */
  | { readonly outcome: "later"; readonly reason: string }
  /** Nothing was started, nor will be. */
  | { readonly outcome: "refused"; readonly reason: string }
  /** It may have been started. */
  | { readonly outcome: "open"; readonly reason: string };

// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html, and AutomationExecutionLimitExceededException and ExecutionLimitExceeded
const SLOW_DOWN = /Throttl|TooManyRequests|LimitExceeded|RequestLimit/;

/** Starts it, and says what is known of that by the kind of error; `isAgain` when an earlier attempt may have started it. Raises what is no BelfryError. */
export async function startRun(
  runs: CorrectionRuns,
  plan: PlannedRun,
  token: string,
  isAgain: boolean,
  signal: AbortSignal,
): Promise<Started> {
  try {
    return { outcome: "started", execution: await runs.start(plan, token, signal) };
  } catch (thrown) {
    if (!(thrown instanceof BelfryError)) throw thrown;
    if (!(thrown instanceof AwsCallError)) return { outcome: "refused", reason: thrown.message };
    const { message: reason, awsName, refusal } = thrown;
    const { httpStatusCode: status } = (thrown.cause as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
    if (SLOW_DOWN.test(awsName)) return { outcome: "later", reason };
    if (refusal === "credentials" && status === undefined) return { outcome: "later", reason };
    // An earlier attempt that may have started it is not undone by this one's refusal.
    if (status !== undefined && status >= 400 && status < 500 && !isAgain) return { outcome: "refused", reason };
    return { outcome: "open", reason };
  }
}
