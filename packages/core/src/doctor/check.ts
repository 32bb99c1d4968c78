import type { AccountReads, CallerIdentity } from "../platform/account-client.ts";
import type { LogSettingsReads } from "../platform/log-settings-client.ts";
import type { QuotaReads } from "../platform/quota-client.ts";
import type { StackReads } from "../platform/stack-client.ts";
import type { DoctorSettings } from "./settings.ts";

/** `problem`: a deployment fails or loses logs; `warning`: it works, but not as one would expect; `unknown`: it could not be looked at. */
export type Status = "ok" | "warning" | "problem" | "unknown";

/** What a check found, a sentence each; `fix` says what to do. */
export interface Verdict {
  readonly status: Status;
  readonly what: string;
  readonly fix?: string;
}

/** A verdict with the check's id, its region unless it is about the whole account, and where to read on if it is not ok. */
export interface Finding extends Verdict {
  readonly id: string;
  readonly region?: string;
  readonly link?: string;
}

/** All that is read of an account. Reading is all: no port changes anything. */
export type DoctorPorts = AccountReads & LogSettingsReads & QuotaReads & StackReads;

/** What a check looks at, and in which region: the home region for a check of the whole account. */
export interface CheckContext {
  readonly settings: DoctorSettings;
  readonly identity: CallerIdentity;
  readonly region: string;
  readonly ports: DoctorPorts;
  readonly signal: AbortSignal;
}

/** One question to an account. What its ports throw is turned into a finding by whoever runs it. */
export interface Check {
  /** Also the heading of its part of docs/doctor.md. */
  readonly id: string;
  /** Once for the account, once in the home region, in each region that logs come from, or in each that has a stack. */
  readonly scope: "account" | "home" | "region" | "stack-region";
  /** The IAM actions that it needs. */
  readonly actions: readonly string[];
  readonly link: string;
  /** No verdicts: the question does not arise with these settings. */
  run(context: CheckContext): Promise<readonly Verdict[]>;
}

/** The verdict that nothing is in the way. */
export function ok(what: string): Verdict {
  return { status: "ok", what };
}

/** A verdict that something is to be known or done. */
export function warning(what: string, fix: string): Verdict {
  return { status: "warning", what, fix };
}

/** A verdict that something is in the way. */
export function problem(what: string, fix: string): Verdict {
  return { status: "problem", what, fix };
}

const MAX_NAMED = 5;

/** `/a, /b, /c, /d, /e and 7 more`. */
export function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return more > 0 ? `${names.slice(0, MAX_NAMED).join(", ")} and ${more} more` : names.join(", ");
}
