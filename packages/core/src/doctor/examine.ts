import type { CallerIdentity } from "../platform/account-client.ts";
import { AwsCallError } from "../platform/aws-call.ts";
import { messageOf } from "../platform/errors.ts";
import type { Check, CheckContext, DoctorPorts, Finding, Verdict } from "./check.ts";
import { CHECKS } from "./checks.ts";
import { checkIdentity, checkRegion } from "./reach.ts";
import type { DoctorSettings } from "./settings.ts";

/** What was found in an account, in the order of the checks. */
export interface Examination {
  readonly identity: CallerIdentity;
  readonly findings: readonly Finding[];
}

export interface ExamineOptions {
  /** How many checks run at once; services allow few reads a second. */
  readonly concurrency: number;
  /** Makes the signal that ends one check. */
  readonly deadline: () => AbortSignal;
  /** Called with what is going to be looked at. */
  readonly onCheck?: (what: string) => void;
}

interface Task {
  readonly check: Check;
  readonly region: string;
}

/**
 * Runs all checks on an account. Raises AwsCallError when not even the caller's identity can be had: without it nothing can be said. Everything else that goes wrong is a
 * finding, and a region that does not take the credentials is not looked at further.
 */
export async function examine(
  settings: DoctorSettings,
  ports: DoctorPorts,
  { concurrency, deadline, onCheck }: ExamineOptions,
): Promise<Examination> {
  onCheck?.("credentials");
  const identity = await ports.callerIdentity(settings.homeRegion, deadline());
  const run = ({ check, region }: Task): Promise<readonly Finding[]> => {
    onCheck?.(`${check.id} in ${region}`);
    return findingsOf(check, { settings, identity, region, ports, signal: deadline() });
  };
  const regions = [...settings.regions, ...settings.eventRegions];
  const reached = await inOrder(
    regions.map((region) => ({ check: checkRegion, region })),
    concurrency,
    run,
  );
  const open = regions.filter((_, i) => reached[i].every(({ status }) => status === "ok"));
  const tasks = CHECKS.flatMap((check) => placesOf(check, settings, open).map((region) => ({ check, region })));
  const found = await inOrder(tasks, concurrency, run);
  const own = await run({ check: checkIdentity, region: settings.homeRegion });
  return { identity, findings: [...own, ...reached.flat(), ...found.flat()] };
}

function placesOf(
  { scope }: Check,
  { homeRegion, regions }: DoctorSettings,
  open: readonly string[],
): readonly string[] {
  if (scope === "stack-region") return open;
  if (scope === "region") return open.filter((region) => regions.includes(region));
  return scope === "account" || open.includes(homeRegion) ? [homeRegion] : [];
}

async function findingsOf(check: Check, context: CheckContext): Promise<readonly Finding[]> {
  const place = check.scope === "account" ? {} : { region: context.region };
  const verdicts = await Promise.race([check.run(context), whenAborted(context.signal)]).catch((thrown) => [
    unknown(thrown, context.signal),
  ]);
  return verdicts.map((verdict) => ({
    id: check.id,
    ...place,
    ...verdict,
    ...(verdict.status === "ok" ? {} : { link: check.link }),
  }));
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}

/** What is said of a check that could not be made. */
function unknown(thrown: unknown, signal: AbortSignal): Verdict {
  const status = "unknown";
  if (signal.aborted) return { status, what: "no answer in time", fix: "try again; look at the network if it goes on" };
  if (!(thrown instanceof AwsCallError)) return { status, what: messageOf(thrown) };
  const { action } = thrown;
  if (thrown.refusal !== "denied") return { status, what: thrown.message };
  return {
    status,
    what: `not allowed to call ${action}`,
    fix: `allow ${action}: docs/doctor.md has the policy for all checks`,
  };
}

/** Runs tasks with a limit on how many at once, and answers in their order. */
async function inOrder<T, R>(
  tasks: readonly T[],
  concurrency: number,
  run: (task: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = tasks.entries();
  const worker = async () => {
    for (const [i, task] of queue) results[i] = await run(task);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, tasks.length) }, worker));
  return results;
}
