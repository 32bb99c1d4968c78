import type { OpenedIncident } from "../event/opened-incident.ts";

/** An alert and a rule that matches it. The same statement of an alert in one incident makes one request by a rule, and no more. Plain JSON. */
export interface CorrectionRequest {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly rule: string;
  readonly incident: Pick<OpenedIncident, "id" | "handle" | "groupKey" | "receiver">;
  readonly alert: { readonly key: string; readonly version: number; readonly title: string };
  /** Those of the alert's that the rule reads. */
  readonly labels: Readonly<Record<string, string>>;
  /** What it is done to, in words: by this the cool-down is counted. */
  readonly resource: string;
  /** Epoch milliseconds. */
  readonly requestedAt: number;
}
