import path from "node:path";
import type { AttemptReport, RunReport, StepReport } from "@belfry/core/canaries/report";
import { type CanaryConfig, needsBrowser } from "@belfry/core/config/canaries/schema";
import { table } from "../cli/table.ts";
import { type Paint, plural, printable } from "../cli/terminal.ts";
import { ageText, timeText } from "../on-call/time-text.ts";

/** So many digits of a run's id stand in lists; fewer may do to name it. */
const SHOWN_DIGITS = 8;

/** The beginning of a run's id, as lists show it. */
function shortRunId({ runId }: RunReport): string {
  return runId.slice(0, SHOWN_DIGITS);
}

/** How a run ended, in a word or two. */
function outcomeText({ outcome, failure }: RunReport): string {
  return failure === undefined ? outcome : `${outcome}: ${failure.class}`;
}

/** One line of a run that is over. */
export function runLine(report: RunReport, canary: CanaryConfig, asDeclared: boolean, paint: Paint): string {
  const { failure } = report;
  const mark = asDeclared ? paint.good("ok    ") : paint.bad("NOT OK");
  const declared = canary.expect === "pass" ? "" : asDeclared ? ", as declared" : `, declared ${canary.expect}`;
  const told = `${outcomeText(report)}${failure === undefined || canary.expect !== "pass" ? declared : ""}`;
  const facts = [`${mark}  ${report.canary.padEnd(18)}`, told.padEnd(32), durationText(report).padStart(7)];
  const why = failure === undefined ? "" : `  ${paint.faint(printable(failure.message))}`;
  return `${facts.join("  ")}${why}`;
}

/** What the canaries of a configuration are, and how each ended last. */
export function canaryTable(
  canaries: Readonly<Record<string, CanaryConfig>>,
  lastRun: (name: string) => RunReport | undefined,
  nowMs: number,
  paint: Paint,
): string {
  const rows = Object.entries(canaries).map(([name, canary]) => {
    const last = lastRun(name);
    return [
      name,
      canary.kind,
      needsBrowser(canary) ? "browser" : "",
      canary.enabled ? canary.schedule : "off",
      canary.expect,
      last === undefined ? paint.faint("never ran") : `${painted(last, paint)} ${ageText(nowMs - last.endedMs)} ago`,
      paint.faint(printable(canary.description ?? "")),
    ];
  });
  return table(["canary", "kind", "needs", "schedule", "declared", "last run", ""], rows, paint);
}

/** Runs, in the order given. */
export function runTable(runs: readonly RunReport[], paint: Paint): string {
  const rows = runs.map((run) => [
    shortRunId(run),
    run.canary,
    timeText(run.startedMs),
    painted(run, paint),
    durationText(run),
    paint.faint(printable(run.failure?.message ?? "")),
  ]);
  return table(["run", "canary", "time (UTC)", "outcome", "took", ""], rows, paint);
}

/** One run in full: its steps, why it failed, times, measurements and where its files are. */
export function runText(run: RunReport, folder: string, paint: Paint): string {
  const { canary, kind, runId, startedMs, failure, steps, artifacts, attempts } = run;
  const facts = [
    ["outcome", painted(run, paint)],
    ...(failure === undefined ? [] : [["why", printable(failure.message)]]),
    ["began", `${timeText(startedMs)} UTC, took ${durationText(run)}`],
    ...(attempts.length > 1 ? [["attempts", attempts.map(attemptText).join("; ")]] : []),
  ];
  const sections: [string, string][] = [
    ["steps", stepTable(steps, paint)],
    ["phases of requests, in milliseconds", phaseTable(steps, paint)],
    ["measured", measureTable(run, paint)],
    [`files in ${path.normalize(folder)}`, artifacts.map(({ name }) => `  ${name}`).join("\n")],
  ];
  return [
    `${paint.strong(`canary ${canary}`)} (${kind}), run ${runId}`,
    ...facts.map(([name, value]) => `  ${name.padEnd(8)} ${value}`),
    ...sections.flatMap(([title, text]) => (text === "" ? [] : ["", paint.strong(title), text])),
  ].join("\n");
}

function painted(run: RunReport, paint: Paint): string {
  const paintOf = { passed: paint.good, "passed-after-retry": paint.warn, failed: paint.bad }[run.outcome];
  return paintOf(outcomeText(run));
}

function attemptText({ startedMs, endedMs, failure }: AttemptReport): string {
  const took = secondsText(endedMs - startedMs);
  return failure === undefined ? `passed in ${took}` : `failed (${failure.class}) in ${took}`;
}

function stepTable(steps: readonly StepReport[], paint: Paint): string {
  if (steps.length === 0) return "";
  const rows = steps.map(({ name, status, startedMs, endedMs, failure, url, details }) => [
    status === "passed" ? paint.good(status) : status === "failed" ? paint.bad(status) : paint.faint(status),
    status === "skipped" ? "" : secondsText(endedMs - startedMs),
    printable(name),
    paint.faint(printable([failure?.message ?? url ?? "", driftOf(details)].filter((text) => text !== "").join("; "))),
  ]);
  return table(["", "took", "step", ""], rows, paint);
}

/** A selector that does not match any more, though another one does: the recording will fail before long. */
function driftOf(details: StepReport["details"]): string {
  const drift = details?.selectorDrift as { readonly matched: string; readonly missed: readonly string[] } | undefined;
  return drift === undefined ? "" : `found by ${drift.matched}, no more by ${drift.missed.join(", ")}`;
}

const PHASES = ["dnsMs", "tcpMs", "tlsMs", "ttfbMs", "downloadMs", "totalMs"] as const;

/** As the probe of HTTP tells them in its steps' details. */
function phaseTable(steps: readonly StepReport[], paint: Paint): string {
  const rows = steps.flatMap(({ name, details }) => {
    const phases = details?.phases as Readonly<Record<string, number>> | undefined;
    if (phases === undefined) return [];
    return [[printable(name), ...PHASES.map((phase) => (phases[phase] === undefined ? "" : phases[phase].toFixed(1)))]];
  });
  if (rows.length === 0) return "";
  return table(["step", ...PHASES.map((phase) => phase.slice(0, -2))], rows, paint);
}

function measureTable({ metrics }: RunReport, paint: Paint): string {
  if (metrics.length === 0) return "";
  const rows = metrics.map(({ name, unit, value, step }) => [
    name,
    String(Math.round(value * 1000) / 1000),
    unit === "None" ? "" : unit.toLowerCase(),
    paint.faint(printable(step ?? "")),
  ]);
  return table(["metric", "value", "", "step"], rows, paint);
}

function durationText({ startedMs, endedMs }: RunReport): string {
  return secondsText(endedMs - startedMs);
}

function secondsText(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** What is said when all canaries have been run. */
export function verdictText(otherwise: readonly string[], count: number, paint: Paint): string {
  if (otherwise.length === 0) return paint.good(`${plural(count, "canary", "canaries")}: each came out as declared`);
  return paint.bad(
    `${otherwise.length} of ${plural(count, "canary", "canaries")} came out otherwise: ${otherwise.join(", ")}`,
  );
}
