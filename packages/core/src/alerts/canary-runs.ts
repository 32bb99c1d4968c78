import type { Alert, AlertLink, Severity } from "../event/alert.ts";
import { readEventEnvelope } from "../event/event-envelope.ts";
import { textAt } from "../event/json-member.ts";
import type { Table, TableItem, TableKey } from "../platform/table-client.ts";
import { syntheticsAlert } from "./normalise/synthetics.ts";

/** A run of a canary that an alarm watches: what the alarm's alert is to say of it. */
export interface CanaryRun {
  readonly account: string;
  readonly region: string;
  /** What the alarm is known by: its name, or for CloudWatch Synthetics' canaries, whose events do not say it, the canary's, as the alarm's metric has it. */
  readonly watched: string;
  readonly hasFailed: boolean;
  /** Epoch milliseconds of its end. */
  readonly endedMs: number;
  /** Absent where the run does not say how bad it is. */
  readonly severity?: Severity;
  readonly description: string;
  readonly links: readonly AlertLink[];
}

/** How the names of canaries begin that Belfry's stacks make in CloudWatch Synthetics; each of them has an alarm. */
const OWN_PREFIX = "belfry-";

/** Names of alarms on canaries. */
const OWN_ALARM = /^belfry-.+-canary-./;

/** An alarm that is on for longer than this was set off by other runs. */
const KEPT_MS = 7 * 24 * 3_600_000;

/**
 * Reads the event of a run whose canary has an alarm. People are told by the alarm alone, which knows how many runs may fail; the event says why it did, and shows it. Undefined for all other
 * events, those of canaries without an alarm among them: they are alerts themselves.
 */
export function readCanaryRun(input: unknown, nowMs: number): CanaryRun | undefined {
  const event = readEventEnvelope(input, nowMs);
  if (event === undefined || !event.detailType.startsWith("Synthetics Canary TestRun ")) return undefined;
  const canary = textAt(event.detail, "canary-name");
  const isManaged = event.source === "aws.synthetics" && canary?.startsWith(OWN_PREFIX);
  const watched = textAt(event.detail, "alarm-name") ?? (isManaged ? canary : undefined);
  if (watched === undefined) return undefined;
  const { labels, status, version, severity, description, links } = syntheticsAlert(event);
  const { account = "", region = "" } = labels;
  const hasFailed = status === "firing";
  const said = textAt(event.detail, "severity") === undefined ? {} : { severity };
  return { account, region, watched, hasFailed, endedMs: version, ...said, description, links };
}

/** Remembers a run that failed; an earlier one that comes later changes nothing, and of one that passed there is nothing to show. */
export async function keepCanaryRun(run: CanaryRun, table: Table, signal: AbortSignal): Promise<void> {
  if (!run.hasFailed) return;
  const key = keyOf(run.account, run.region, run.watched);
  const known = await table.get(key, signal);
  if (known !== undefined && Number(known.endedMs) >= run.endedMs) return;
  const { endedMs, severity, description } = run;
  const links = run.links.map(({ title, url }) => ({ title, url }));
  const expires = Math.ceil((endedMs + KEPT_MS) / 1000);
  const said = severity === undefined ? {} : { severity };
  await table.put({ ...key, ...said, endedMs, description, links, expires }, {}, signal);
}

/** Gives alerts of canaries' alarms what is known of the run that failed last: its reason, its picture, how bad it is. All others stay as they are. */
export async function withCanaryRuns(
  alerts: readonly Alert[],
  table: Table,
  signal: AbortSignal,
): Promise<readonly Alert[]> {
  const completed: Alert[] = [];
  for (const alert of alerts) {
    const run = alert.status === "unknown" ? undefined : await runOf(alert, table, signal);
    completed.push(run === undefined ? alert : completedBy(alert, run));
  }
  return completed;
}

async function runOf({ labels }: Alert, table: Table, signal: AbortSignal): Promise<TableItem | undefined> {
  const { account = "", region = "", alarmname = "", canaryname } = labels;
  // Asked for those alone that may be a canary's: there are many others in a storm.
  const watched = OWN_ALARM.test(alarmname) ? alarmname : canaryname;
  if (watched === undefined) return undefined;
  const run = await table.get(keyOf(account, region, watched), signal);
  if (run !== undefined || canaryname === undefined || watched === canaryname) return run;
  return table.get(keyOf(account, region, canaryname), signal);
}

function completedBy(alert: Alert, run: TableItem): Alert {
  const severity = (run.severity as Severity | undefined) ?? alert.severity;
  const endedMs = Number(run.endedMs);
  // The next alarm's is of other runs, which will have failed by then.
  const isOver = alert.status === "resolved" || endedMs + KEPT_MS < alert.version;
  const failure = `Failed run of ${new Date(endedMs).toISOString()}: ${run.description}`;
  return {
    ...alert,
    severity,
    ...(isOver ? {} : { description: [failure, alert.description].filter((text) => text !== "").join("\n") }),
    links: [...(run.links as unknown as readonly AlertLink[]), ...alert.links],
    // No others: a group by all labels would be another one when the next run fails otherwise.
    labels: { ...alert.labels, severity },
  };
}

function keyOf(account: string, region: string, watched: string): TableKey {
  return { pk: `canary#${account}#${region}`, sk: watched };
}
