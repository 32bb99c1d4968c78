import type { StreamRecord } from "./kinesis-stream.ts";

/** Records of one shard on their way through the function. */
export interface Work {
  readonly records: readonly StreamRecord[];
  /** How often these records were sent again without any of them getting through. */
  readonly retries: number;
  /** How often the function was invoked with the first of them. */
  readonly invocations: number;
}

/** When to give up, in Lambda's words. */
export interface RetryPolicy {
  /** -1: as long as it takes. */
  readonly maximumRetryAttempts: number;
  readonly bisectBatchOnFunctionError: boolean;
}

/** What follows on a failed invocation: work to do, in order, or records to give up. */
export type RetryPlan = { readonly next: readonly Work[] } | { readonly discard: readonly StreamRecord[] };

/**
 * Plans what follows on an invocation that got through to the record at `checkpoint`. Splitting a batch uses up no retry.
 * A function error splits at once. An answer that names records does so only when the retries are used up: until then the records may
 * wait for a destination that is down, and splitting would only multiply the calls. Where the answer gets some records through, the rest counts anew.
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export function planRetry(work: Work, checkpoint: number, threw: boolean, policy: RetryPolicy): RetryPlan {
  const { records, retries } = work;
  const invocations = work.invocations + 1;
  if (checkpoint > 0) return { next: [{ records: records.slice(checkpoint), retries: 0, invocations }] };
  const exhausted = policy.maximumRetryAttempts >= 0 && retries >= policy.maximumRetryAttempts;
  if (policy.bisectBatchOnFunctionError && records.length > 1 && (threw || exhausted)) {
    const middle = Math.ceil(records.length / 2);
    const halves = [records.slice(0, middle), records.slice(middle)];
    return { next: halves.map((half) => ({ records: half, retries, invocations })) };
  }
  if (exhausted) return { discard: records };
  return { next: [{ records, retries: retries + 1, invocations }] };
}
