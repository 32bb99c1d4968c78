import type { Alert, AlertLink, Severity } from "../event/alert.ts";
import { readEventEnvelope } from "../event/event-envelope.ts";
import { textAt } from "../event/json-member.ts";
import type { Table, TableItem, TableKey } from "../platform/table-client.ts";
import { syntheticsAlert } from "./normalise/synthetics.ts";

/** A run of a canary that an alarm watches: what the alarm's alert is to say of it. */
export interface CanaryRun {
  readonly account: string;
  readonly region: string;
  /** As the alarm's metric names the canary. */
  readonly canary: string;
  readonly hasFailed: boolean;
  /** Epoch milliseconds of its end. */
  readonly endedMs: number;
  /** Absent where the run does not say how bad it is. */
  readonly severity?: Severity;
  readonly description: string;
  readonly links: readonly AlertLink[];
  readonly failureClass: string;
}

/** How the names of canaries begin that Belfry's stacks make in CloudWatch Synthetics; each of them has an alarm. */
const OWN_PREFIX = "belfry-";

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
  const isOwn = event.source === "aws.synthetics" && canary?.startsWith(OWN_PREFIX);
  if (canary === undefined || !(isOwn || textAt(event.detail, "alarm-name") !== undefined)) return undefined;
  const { labels, status, version, severity, description, links } = syntheticsAlert(event);
  const { account = "", region = "", failure_class: failureClass = "" } = labels;
  const hasFailed = status === "firing";
  const said = textAt(event.detail, "severity") === undefined ? {} : { severity };
  return { account, region, canary, hasFailed, endedMs: version, ...said, description, links, failureClass };
}

/** Remembers a run that failed; an earlier one that comes later changes nothing, and of one that passed there is nothing to show. */
export async function keepCanaryRun(run: CanaryRun, table: Table, signal: AbortSignal): Promise<void> {
  if (!run.hasFailed) return;
  const key = keyOf(run.account, run.region, run.canary);
  const known = await table.get(key, signal);
  if (known !== undefined && Number(known.endedMs) >= run.endedMs) return;
  const { endedMs, severity, description, failureClass } = run;
  const links = run.links.map(({ title, url }) => ({ title, url }));
  const expires = Math.ceil((endedMs + KEPT_MS) / 1000);
  const said = severity === undefined ? {} : { severity };
  await table.put({ ...key, ...said, endedMs, description, failureClass, links, expires }, {}, signal);
}

/** Gives alerts of canaries' alarms what is known of the run that failed last: its reason, its picture, how bad it is. All others stay as they are. */
export async function withCanaryRuns(
  alerts: readonly Alert[],
  table: Table,
  signal: AbortSignal,
): Promise<readonly Alert[]> {
  const completed: Alert[] = [];
  for (const alert of alerts) {
    const { account = "", region = "", canaryname: canary } = alert.labels;
    const run = canary === undefined ? undefined : await table.get(keyOf(account, region, canary), signal);
    completed.push(run === undefined || alert.status === "unknown" ? alert : completedBy(alert, run));
  }
  return completed;
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
    labels: {
      ...alert.labels,
      severity,
      ...(isOver || run.failureClass === "" ? {} : { failure_class: String(run.failureClass) }),
    },
  };
}

function keyOf(account: string, region: string, canary: string): TableKey {
  return { pk: `canary#${account}#${region}`, sk: canary };
}
