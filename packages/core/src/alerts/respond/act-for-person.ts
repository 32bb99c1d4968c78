import type { IncidentAction } from "../../event/notification.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { IncidentOutcome } from "../incident/decide.ts";

/** What somebody wants, and for whom it goes on record. */
export interface WantedAction {
  readonly action: IncidentAction;
  /** The incident's handle, or of `approve` the request's id. */
  readonly key: string;
  readonly by: string;
}

/** What came of it, as HTTP status and in a sentence. */
export interface ActionReport {
  readonly status: 200 | 400 | 404 | 409;
  readonly text: string;
}

/** What came of an approval, as the feature of corrective actions says it. */
type ApprovalOutcome = "approved" | "approved-already" | "expired" | "not-waiting" | "unknown-request";

/** Lets a corrective action run that waits for it. */
export type Approve = (requestId: string, by: string, signal: AbortSignal) => Promise<ApprovalOutcome>;

export interface ActionPorts {
  readonly act: Dispatcher["act"];
  /** Absent where there are no corrective actions. */
  readonly approve?: Approve | undefined;
  readonly clock: Clock;
}

/** The button and the link say so. */
const SNOOZE_MS = 3_600_000;

const DONE: Readonly<Record<IncidentAction, string>> = {
  acknowledge: "The incident is acknowledged.",
  snooze: "The incident is snoozed for an hour.",
  resolve: "The incident is resolved.",
  approve: "The corrective action is approved.",
};

type Refused = Exclude<IncidentOutcome, "done"> | "unknown-incident" | Exclude<ApprovalOutcome, "approved">;

const REPORTS: Readonly<Record<Refused, ActionReport>> = {
  "nothing-new": { status: 200, text: "That was done before: nothing has changed." },
  "not-open": { status: 409, text: "It is over already: nothing has changed." },
  stale: { status: 409, text: "It has changed since: look at it again." },
  "too-late": { status: 409, text: "That came too late: nothing has changed." },
  "bad-time": { status: 400, text: "That time cannot be: nothing has changed." },
  "unknown-incident": { status: 404, text: "Belfry does not know it, or not any more." },
  "approved-already": { status: 200, text: "That was approved before: nothing has changed." },
  expired: { status: 409, text: "It has waited for too long, and will not run." },
  "not-waiting": { status: 409, text: "It does not wait for an approval any more: nothing has changed." },
  "unknown-request": { status: 404, text: "Belfry does not know it, or not any more." },
};

/** Does what somebody wants; an action that was done before does nothing more. Raises what the table raises. */
export async function actForPerson(
  { action, key, by }: WantedAction,
  { act, approve, clock }: ActionPorts,
  signal: AbortSignal,
): Promise<ActionReport> {
  const outcomeOf = async () => {
    if (action === "approve") return (await approve?.(key, by, signal)) ?? "unknown-request";
    if (action === "snooze") return act(key, { kind: action, by, untilMs: clock.now() + SNOOZE_MS }, signal);
    return act(key, { kind: action, by }, signal);
  };
  const outcome = await outcomeOf();
  return outcome === "done" || outcome === "approved" ? { status: 200, text: DONE[action] } : REPORTS[outcome];
}
