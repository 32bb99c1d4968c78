import type { PutEntry, PutRecords } from "../platform/clients.ts";
import { BelfryError } from "../platform/errors.ts";
import { attempt, DEADLINE, type Retrying } from "./attempts.ts";
import { failureWord, isPassing } from "./failure.ts";
import { KINESIS_LIMITS } from "./kinesis.ts";
import { groupIntoCalls } from "./packing.ts";

/** Puts records that are packed already into a stream. Raises UNAVAILABLE when any of them is not in it; others may be by then. */
export type WriteStream = (entries: readonly PutEntry[], signal: AbortSignal) => Promise<void>;

/** Writes to a Kinesis data stream: in calls that it takes, and again, after a pause, what it refused of a call. */
export function streamWriter(put: PutRecords, retrying: Retrying): WriteStream {
  return async (entries, signal) => {
    let reason = DEADLINE;
    let cause: unknown;
    const once = async (work: readonly PutEntry[]): Promise<readonly PutEntry[]> => {
      const left: PutEntry[] = [];
      for (const call of callsOf(work)) {
        const codes = await put(call, signal).catch((thrown: unknown) => {
          cause = thrown;
          return call.map(() => failureWord(thrown));
        });
        const refused = call.filter((_, i) => codes.length !== call.length || codes[i] !== undefined);
        reason = codes.find((code) => code !== undefined) ?? reason;
        left.push(...refused);
        if (refused.length > 0 && cause !== undefined && !isPassing(cause)) throw failure(left.length, reason, cause);
      }
      return left;
    };
    const left = await attempt(entries, once, retrying, signal);
    if (left.length > 0) throw failure(left.length, reason, cause);
  };
}

function callsOf(entries: readonly PutEntry[]): PutEntry[][] {
  const sized = entries.map((entry) => ({ entry, bytes: entry.data.length }));
  return groupIntoCalls(sized, KINESIS_LIMITS).map((call) => call.map(({ entry }) => entry));
}

function failure(count: number, reason: string, cause: unknown): BelfryError {
  return new BelfryError("UNAVAILABLE", `kinesis did not take ${count} records: ${reason}`, {
    cause,
    retryable: cause === undefined || isPassing(cause),
  });
}
