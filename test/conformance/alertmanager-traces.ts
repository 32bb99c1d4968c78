import { type Call, keyOf, runScenario, type Scenario } from "./alertmanager-run.ts";

/** The times of the traces are right to so many seconds, and a little for their rounding. */
const TOLERANCE_S = 0.105;

/** Waits between attempts are drawn at random: up to one and a half times as long as the mean. */
const FIRST_RETRY_S = 0.5;
const RETRY_FACTOR = 1.5;
const RETRY_JITTER = 1.5;

/** The steps of a trace were made at their time or, within its tolerance, a little later; which of two things that fall on one time came first is known no better. */
const LATE_MS = [0, 5, 50];

/** What is different between a recorded run and ours; undefined when it is reproduced call for call. */
export function traceDifference(scenario: Scenario): string | undefined {
  const differences = LATE_MS.map((lateMs) => difference(scenario, runScenario(scenario, lateMs)));
  return differences.includes(undefined) ? undefined : differences[0];
}

function difference({ observed, until }: Scenario, ours: readonly Call[]): string | undefined {
  const left = withoutRetries(ours);
  for (const call of withoutRetries(observed)) {
    const at = left.findIndex((own) => isSame(call, own));
    if (at < 0) return `nothing of ours is ${describe(call)}; ours: ${left.map(describe).join(" | ") || "nothing"}`;
    left.splice(at, 1);
  }
  // What falls on the end of the recording may have come after it.
  const missed = left.filter(({ t }) => t < until - TOLERANCE_S);
  return missed.length === 0 ? undefined : `nothing was observed of ${missed.map(describe).join(" | ")}`;
}

interface Delivery extends Call {
  /** How far its time may be off for attempts before it that failed. */
  readonly slack: number;
}

/** Of attempts that are made again only the last one, and the first: how many there are between is left to chance. */
function withoutRetries(calls: readonly Call[]): Delivery[] {
  const failures = new Map<string, number>();
  const deliveries: Delivery[] = [];
  for (const call of calls.toSorted((a, b) => a.t - b.t)) {
    const content = contentOf(call);
    const before = failures.get(content) ?? 0;
    failures.set(content, call.failed ? before + 1 : 0);
    if (call.failed && before > 0) continue;
    const slack = before === 0 ? 0 : FIRST_RETRY_S * RETRY_JITTER * RETRY_FACTOR ** before;
    deliveries.push({ ...call, slack });
  }
  return deliveries;
}

function isSame(call: Delivery, own: Delivery): boolean {
  const slack = TOLERANCE_S + Math.max(call.slack, own.slack);
  return Math.abs(call.t - own.t) <= slack && call.failed === own.failed && contentOf(call) === contentOf(own);
}

function contentOf({ hook, status, groupLabels, alerts }: Call): string {
  const members = alerts.map((alert) => `${keyOf(alert.labels)} ${alert.status}`).sort();
  return [hook, status, keyOf(groupLabels), ...members].join("\n");
}

function describe({ t, hook, status, alerts }: Call): string {
  return `${t} ${hook} ${status} ${alerts.map(({ labels, status: of }) => `${keyOf(labels)} ${of}`).join("; ")}`;
}
