import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { normalise } from "@belfry/core/alerts/normalise/normalise";
import type { Alert } from "@belfry/core/event/alert";
import type { Score } from "./score.ts";

/** A sample event of a service; `shape` says how it comes, and so tells such a file from others. */
interface EventCase {
  readonly shape: string;
  readonly source_file?: string;
  readonly name?: string;
  readonly event: unknown;
}

const STATUSES: readonly string[] = ["firing", "resolved", "unknown"];
const SEVERITIES: readonly string[] = ["critical", "error", "warning", "info"];

// Two deliveries of an event are apart in time and are the same alert.
const FIRST_DELIVERY = Date.UTC(2026, 10, 22);
const SECOND_DELIVERY = FIRST_DELIVERY + 90_000;

/** Scores a file of sample events: each must become usable alerts. What is no event must be said to be none, which counts and is shown. */
export async function scoreEvents(path: string, set: string): Promise<Score | string> {
  const cases = parseCases(await readFile(path, "utf8"));
  if (cases === undefined) return "not a list of sample events";
  const results = cases.map((testCase, index) => {
    const name = `${index} ${testCase.name ?? testCase.source_file ?? ""}`;
    return { name, ...examine(testCase.event) };
  });
  const passed = results.filter(({ problems }) => problems.length === 0).length;
  return {
    set,
    source: basename(path, ".json"),
    cases: cases.length,
    passed,
    score: passed / cases.length,
    failures: results.flatMap(({ name, reason, problems }) => {
      if (problems.length > 0) return [`${name}: ${problems.join(", ")}`];
      return reason === undefined ? [] : [`${name}: none, rightly: ${reason}`];
    }),
  };
}

/** What is wrong with what becomes of an event. A reason for being none is no fault where there really is no event. */
function examine(event: unknown): { readonly reason?: string; readonly problems: readonly string[] } {
  const first = normalise(event, { now: FIRST_DELIVERY });
  if ("reason" in first) {
    const { reason } = first;
    return { reason, problems: isNoEvent(event) ? [] : [`no alert: ${reason}`] };
  }
  const again = normalise(structuredClone(event), { now: SECOND_DELIVERY });
  const second = "alerts" in again ? again.alerts : [];
  return {
    problems: first.alerts.flatMap((alert, i) => [...problemsOfAlert(alert), ...instability(alert, second[i])]),
  };
}

/** Neither an envelope nor a message nor records: a sample of something else. */
function isNoEvent(event: unknown): boolean {
  if (typeof event !== "object" || event === null) return true;
  return !["detail", "detail-type", "Records", "AlarmName", "alarmData", "eventArn", "Message"].some(
    (name) => name in event,
  );
}

function problemsOfAlert({ title, key, status, severity, deliveryId, labels, description, version }: Alert): string[] {
  const rules: readonly [boolean, string][] = [
    [title.trim() !== "", "no title"],
    [!/^\s*[[{]/.test(title), "a title of JSON"],
    [!/^\s*[[{]"/.test(description), "a description of JSON"],
    [key.trim() !== "", "no key"],
    [STATUSES.includes(status), `status ${status}`],
    [SEVERITIES.includes(severity), `severity ${severity}`],
    [deliveryId.trim() !== "", "no delivery id"],
    [Number.isFinite(version), `version ${version}`],
    [(labels.source ?? "") !== "", "no label source"],
    [Object.keys(labels).every((name) => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)), "a label's name is none"],
  ];
  return rules.flatMap(([holds, problem]) => (holds ? [] : [problem]));
}

function instability(first: Alert, second: Alert | undefined): string[] {
  return second?.key === first.key && second.deliveryId === first.deliveryId ? [] : ["another key or id the next time"];
}

function parseCases(text: string): EventCase[] | undefined {
  const content = parsed(text);
  const isCase = (value: unknown): boolean =>
    typeof value === "object" && value !== null && "event" in value && "shape" in value;
  return Array.isArray(content) && content.length > 0 && content.every(isCase) ? content : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
