import type { CanaryConfig } from "../config/canaries/schema.ts";
import { parseDuration } from "../config/oncall/duration.ts";
import { messageOf } from "../platform/errors.ts";
import { fullJitterMs } from "../platform/retry.ts";
import { artifactPrefix } from "./artifact-keeper.ts";
import { AttemptContext, type AttemptResult, runIdOf } from "./attempt-context.ts";
import { deadlineAfter, endingWith } from "./deadline.ts";
import { CanaryFailure, failureOf } from "./failure.ts";
import type { RunKind } from "./kind.ts";
import type { ArtifactReport, AttemptReport, Failure, Outcome, RunReport } from "./report.ts";
import { openRun, type Run, type RunnerPorts } from "./run.ts";
import { syntheticsReport } from "./synthetics-report.ts";

/** Which canary is to run, and how long. */
export interface RunRequest {
  readonly name: string;
  readonly canary: CanaryConfig;
  /** One is made, unless given. */
  readonly runId?: string;
  /** Epoch milliseconds: the report is there by then, where that is before the canary's own time-out: the Lambda function's end, with a margin. */
  readonly endMs?: number;
  /** Breaks the run off: it reports at once. */
  readonly signal?: AbortSignal;
}

// Of the time-out, what is kept for evidence and for storing it.
const RESERVE_SHARE = 0.2;
const MAX_RESERVE_MS = 6000;

// Evidence that takes longer is not waited for, though there were time.
const MAX_EVIDENCE_MS = 20_000;

const MAX_BACKOFF_MS = 60_000;

// A retry that has less time than this would only fail by it.
const MIN_ATTEMPT_MS = 1000;

/**
 * Runs a canary with its retries, stores its files, and gives its report. It never raises, and is there by the deadline: a canary that hangs is reported as one, with
 * the evidence that there was time for.
 */
export async function runCanary(request: RunRequest, ports: RunnerPorts): Promise<RunReport> {
  const startedMs = ports.clock.now();
  const timeoutMs = request.canary.timeoutSeconds * 1000;
  const endMs = Math.min(startedMs + timeoutMs, request.endMs ?? Number.POSITIVE_INFINITY);
  const reserveMs = Math.min(MAX_RESERVE_MS, (endMs - startedMs) * RESERVE_SHARE);
  const { name, canary, runId = runIdOf(name, startedMs, ports.random()) } = request;
  const run = openRun({ name, canary, runId, ports }, { startedMs, endMs, workUntilMs: endMs - reserveMs });

  const attempts: Attempted[] = [];
  do attempts.push(await attemptOnce(run, attempts.length + 1, request.signal));
  while (await waitedForRetry(run, attempts, request.signal));
  const report = reportOf(run, attempts);
  return store(run, report);
}

interface Attempted extends AttemptReport {
  readonly result: AttemptResult;
}

async function attemptOnce(run: Run, number: number, outer: AbortSignal | undefined): Promise<Attempted> {
  const { clock, sleep } = run.ports;
  const startedMs = clock.now();
  const workMs = run.workUntilMs - startedMs;
  const late = () =>
    new CanaryFailure("timeout", `did not end within ${Math.round(run.workUntilMs - run.startedMs)} ms`);
  const deadline = deadlineAfter(workMs, sleep, late, outer);
  const context = new AttemptContext(run, number, deadline.signal);
  const failure = await failureOfWork(run, context, deadline.signal);
  deadline.clear();
  const endedMs = clock.now();

  // Half of what is left behind the deadline goes to evidence, half to storing it.
  const evidenceMs = Math.min(MAX_EVIDENCE_MS, (run.workUntilMs + run.endMs) / 2 - endedMs);
  const evidence = deadlineAfter(
    evidenceMs,
    sleep,
    () => new Error(`evidence took longer than ${Math.round(evidenceMs)} ms`),
  );
  const result = await context.close(failure, evidence.signal);
  evidence.clear();
  const failed = failure ?? failedStep(result);
  return { startedMs, endedMs, result, ...(failed === undefined ? {} : { failure: failed }) };
}

async function failureOfWork(run: Run, context: AttemptContext, signal: AbortSignal): Promise<Failure | undefined> {
  try {
    const kind = run.ports.kinds[run.canary.kind] as RunKind<CanaryConfig["kind"]> | undefined;
    if (kind === undefined) throw new CanaryFailure("canary", `canaries of kind ${run.canary.kind} cannot be run here`);
    await endingWith(
      Promise.resolve().then(() => kind(context as never)),
      signal,
    );
    return undefined;
  } catch (thrown) {
    const failure = failureOf(thrown);
    run.logger.warn("an attempt failed", { class: failure.class, error: thrown });
    return { class: failure.class, message: run.redaction.text(failure.message) };
  }
}

/** A step that failed fails its attempt, also where a script went on. */
function failedStep({ steps }: AttemptResult): Failure | undefined {
  return steps.find(({ failure }) => failure !== undefined)?.failure;
}

/** Whether there is another attempt; waits before it. A fault of the canary's own comes back each time, so it has none. */
async function waitedForRetry(
  run: Run,
  attempts: readonly Attempted[],
  outer: AbortSignal | undefined,
): Promise<boolean> {
  const { retries } = run.canary;
  const failure = attempts.at(-1)?.failure;
  if (failure === undefined || failure.class === "canary" || attempts.length > retries.max) return false;
  const { clock, random, sleep } = run.ports;
  const policy = { baseMs: parseDuration(retries.backoff), capMs: MAX_BACKOFF_MS };
  const waitMs = fullJitterMs(attempts.length - 1, policy, random);
  if (isAborted(outer) || clock.now() + waitMs + MIN_ATTEMPT_MS > run.workUntilMs) return false;
  await sleep(waitMs, outer);
  return !isAborted(outer);
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function reportOf(run: Run, attempts: readonly Attempted[]): RunReport {
  const last = attempts.at(-1);
  const { name, canary, runId, ports, startedMs } = run;
  const outcome: Outcome =
    last?.failure !== undefined ? "failed" : attempts.length > 1 ? "passed-after-retry" : "passed";
  return {
    canary: name,
    kind: canary.kind,
    runId,
    region: ports.region,
    outcome,
    ...(last?.failure === undefined ? {} : { failure: last.failure }),
    startedMs,
    endedMs: last?.endedMs ?? startedMs,
    attempts: attempts.map(({ result: _result, ...attempt }) => attempt),
    steps: last?.result.steps ?? [],
    metrics: last?.result.metrics ?? [],
    requests: last?.result.requests ?? { _2xx: 0, _3xx: 0, _4xx: 0, _5xx: 0, failed: 0 },
    artifacts: [],
    artifactPrefix: artifactPrefix(ports.region, name, startedMs),
    ...(ports.traceId === undefined ? {} : { traceId: ports.traceId }),
  };
}

/** Stores the files, then the report that names those which got there. Storing that fails, or hangs, is logged: the report is given all the same. */
async function store(run: Run, report: RunReport): Promise<RunReport> {
  const { clock, sleep } = run.ports;
  if (run.log.length > 0)
    run.artifacts.keep({ name: "log.txt", contentType: "text/plain", body: `${run.log.join("\n")}\n` });
  const storeMs = run.endMs - clock.now();
  const late = () => new Error("there was no time left to store it");
  const deadline = deadlineAfter(storeMs, sleep, late);
  const put = async (name: string, body: Uint8Array, contentType: string): Promise<boolean> => {
    try {
      const stored = run.ports.store.put(report.artifactPrefix + name, body, contentType, deadline.signal);
      await endingWith(stored, deadline.signal);
      return true;
    } catch (thrown) {
      run.logger.error(`${name} is not stored: ${messageOf(thrown)}`, { error: thrown });
      return false;
    }
  };
  const artifacts: ArtifactReport[] = [];
  await Promise.all(
    run.artifacts.all().map(async ({ body, ...artifact }) => {
      if (await put(artifact.name, body, artifact.contentType)) artifacts.push(artifact);
    }),
  );
  const sorted = artifacts.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const whole: RunReport = { ...report, artifacts: sorted };
  const aws = syntheticsReport(whole);
  await Promise.all([
    put("report.json", jsonBytes(whole), "application/json"),
    put(`SyntheticsReport-${aws.customerScript.status}.json`, jsonBytes(aws), "application/json"),
  ]);
  deadline.clear();
  return whole;
}

function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, undefined, 1)}\n`);
}
