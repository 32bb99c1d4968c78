import type { AlertStatus, Severity } from "../../event/alert.ts";

/** What a service's word for a state means; undefined for a word that is in no list. */
export interface StateMeaning {
  readonly status: AlertStatus;
  readonly severity: Severity;
}

const FAULT =
  /fail|error|fault|time[d ]*out|abort|denied|unhealthy|impaired|noncompliant|unsuccessful|exceeded|expired/;
const WARNING = /warn|degraded|stopped|stopping|cancel|terminat|reject|interrupt/;
const PASSING =
  /progress|pending|start|running|queued|waiting|stopp?ing|creat|updat|scheduled|initiali|submitted|requested|ready/;
const GOOD = /^(ok|success|succe|complete|pass|resolved|closed|compliant|healthy|available|active|finished|ready)/;

/**
 * Reads a state as services write it: `FAILED`, `TIMED_OUT`, `Unsuccessful`, `non_compliant`. A fault fires, its opposite resolves, and what is under way says
 * neither that something is wrong nor that it is right again.
 */
export function stateMeaning(state: string): StateMeaning | undefined {
  const word = state.toLowerCase().replace(/[^a-z]/g, "");
  if (FAULT.test(word)) return { status: "firing", severity: "error" };
  if (GOOD.test(word)) return { status: "resolved", severity: "info" };
  if (WARNING.test(word)) return { status: "firing", severity: "warning" };
  return PASSING.test(word) ? { status: "unknown", severity: "info" } : undefined;
}

/** Words for a severity, of any service, in any case. */
export function severityNamed(name: string): Severity | undefined {
  const word = name.toLowerCase();
  if (/^(critical|fatal|emergency)$/.test(word)) return "critical";
  if (/^(error|high|major)$/.test(word)) return "error";
  if (/^(warning|warn|medium|moderate)$/.test(word)) return "warning";
  return /^(info|informational|low|notice|debug|untriaged)$/.test(word) ? "info" : undefined;
}
