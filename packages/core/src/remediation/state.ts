import type { PlannedRun } from "./plan.ts";

/** Why nothing is run, or that it would not be. */
export type RefusalReason =
  | "switched-off"
  | "changed"
  | "too-late"
  | "expired"
  | "own-event"
  | "not-possible"
  | "already-run"
  | "cooling-down"
  | "rate-cap"
  | "waiting-already";

/** How a request ended. */
export type CorrectionEnd = "dry-run" | "refused" | "succeeded" | "failed" | "unknown";

/**
 * How far a request is. `starting` is written before anything is started, so that a request that is once there is never begun anew: whoever finds it so can only ask for the same execution
 * again. Plain JSON without undefined values.
 */
export type CorrectionState = { readonly version: number } & (
  | { readonly status: "asked"; readonly plan: PlannedRun; readonly expiresAt: number }
  | { readonly status: "approved"; readonly plan: PlannedRun; readonly approvedBy: string; readonly approvedAt: number }
  | {
      readonly status: "starting";
      readonly plan: PlannedRun;
      readonly approvedBy?: string;
      readonly startedAt: number;
      /** One sender has it until then. */
      readonly heldUntil: number;
      readonly attempts: number;
    }
  | {
      readonly status: "running";
      readonly plan: PlannedRun;
      readonly approvedBy?: string;
      readonly startedAt: number;
      /** The id of an automation, the ARN of a state machine's execution. */
      readonly execution: string;
      readonly looks: number;
      /** Epoch milliseconds of the next look. */
      readonly lookAt: number;
    }
  | { readonly status: "done"; readonly end: CorrectionEnd; readonly detail: string; readonly endedAt: number }
);

/** What a rule has done to a resource last. */
export interface LastRun {
  readonly at: number;
  readonly request: string;
  /** The statement of an alert that asked for it. */
  readonly statement: string;
}

/** What brakes a rule: one row for the rule and one for the resource, both written with each run. */
export interface Brakes {
  /** When the rule ran in the last hour, epoch milliseconds. */
  readonly rate: { readonly version: number; readonly at: readonly number[] };
  readonly resource: {
    readonly version: number;
    /** By rule. */
    readonly runs: Readonly<Record<string, LastRun>>;
    /** By rule: the request that waits to be approved, and until when. */
    readonly waiting: Readonly<Record<string, { readonly request: string; readonly until: number }>>;
  };
}

/** Nothing was done yet. */
export const NO_BRAKES: Brakes = {
  rate: { version: 0, at: [] },
  resource: { version: 0, runs: {}, waiting: {} },
};
