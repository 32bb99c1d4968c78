import type { AlertLink } from "../event/alert.ts";
import { consoleLink } from "../event/console-link.ts";
import type { Due } from "../event/due.ts";
import type { TableWrite } from "../platform/table-client.ts";
import type { CorrectionRequest } from "./correction-request.ts";
import { describeRun, type PlannedRun } from "./plan.ts";

/** What an incident's channels are to say of a corrective action. */
export interface CorrectionNotice {
  /** The same whenever it is made again; no other notice has it. */
  readonly id: string;
  readonly incident: CorrectionRequest["incident"];
  readonly lines: readonly string[];
  readonly links: readonly AlertLink[];
  /** What can be approved: a button's title and the request's id. */
  readonly approval?: { readonly title: string; readonly request: string };
  /** Who has let it run, when that is what it says. */
  readonly approvedBy?: string;
  readonly at: number;
}

/** Makes the writes by which an incident's channels say it, to be written together with the state from which it follows, and what is to be looked at then. */
export type TellNotice = (
  notice: CorrectionNotice,
  signal: AbortSignal,
) => Promise<{ readonly writes: readonly TableWrite[]; readonly dues: readonly Due[] }>;

const MAX_TITLE = 70;
/** The causes of failed executions can be long. */
const MAX_TEXT = 1000;

/** A notice of a request. `what` tells one of its notices from the others. */
export function noticeOf(
  { id, incident, rule, alert }: CorrectionRequest,
  what: string,
  text: string,
  at: number,
  links: readonly AlertLink[] = [],
): CorrectionNotice {
  return {
    id: `${id}-${what}`,
    incident,
    lines: [`Corrective action ${rule}: ${text.slice(0, MAX_TEXT)}`, `For: ${alert.title}`],
    links,
    at,
  };
}

/** The question whether a request may be run, until a time. */
export function approvalNotice(
  request: CorrectionRequest,
  plan: PlannedRun,
  until: number,
  at: number,
): CorrectionNotice {
  const by = `${new Date(until).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const text = `waits for approval until ${by}: run ${describeRun(plan)}. Or: belfry incidents approve ${request.id}`;
  const title = `Approve ${request.rule}: ${request.resource}`;
  const approval = {
    title: title.length > MAX_TITLE ? `${title.slice(0, MAX_TITLE - 1)}…` : title,
    request: request.id,
  };
  return { ...noticeOf(request, "asked", text, at), approval };
}

/** Where an execution can be looked at. */
export function executionLinks(plan: PlannedRun, execution: string): readonly AlertLink[] {
  if (plan.type === "ssm-automation") {
    const path = `systems-manager/automation/execution/${encodeURIComponent(execution)}`;
    return consoleLink("Automation", plan.region, path);
  }
  const region = plan.stateMachineArn.split(":")[3] ?? "";
  return consoleLink("Execution", region, `states/home#/v2/executions/details/${encodeURIComponent(execution)}`);
}
