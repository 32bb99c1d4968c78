import type { TableWrite } from "../platform/table-client.ts";
import type { CorrectionNotice } from "./notice.ts";
import type { CorrectionState } from "./state.ts";
import type { StoredCorrection } from "./store.ts";

/** What is written of a step: the state, and what is told and due with it. */
export interface Step {
  readonly next: CorrectionState;
  readonly notice?: CorrectionNotice;
  /** Epoch milliseconds of the next look. */
  readonly lookAt?: number;
  /** The rule's and the resource's brakes. */
  readonly writes?: readonly TableWrite[];
}

/** Writes a step; false when somebody else has written since what it follows from was read. */
export type WriteStep = (stored: StoredCorrection, step: Step) => Promise<boolean>;
