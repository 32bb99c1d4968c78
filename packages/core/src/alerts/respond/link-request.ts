import type { IncidentAction } from "../../event/notification.ts";
import type { Secrets } from "../../platform/secrets-client.ts";
import type { Table } from "../../platform/table-client.ts";
import { checkActionToken, redeemActionToken } from "../channels/action-link.ts";
import { type ActionPorts, actForPerson } from "./act-for-person.ts";
import { type HttpAnswer, pageAnswer } from "./page.ts";

export interface LinkPorts extends ActionPorts {
  readonly table: Table;
  readonly secrets: Secrets;
  /** The reference of what links are signed with. */
  readonly linkSecret: string;
}

const QUESTIONS: Readonly<Record<IncidentAction, readonly [heading: string, label: string]>> = {
  acknowledge: ["Acknowledge this incident?", "Acknowledge"],
  snooze: ["Snooze this incident for an hour?", "Snooze"],
  resolve: ["Resolve this incident?", "Resolve"],
  approve: ["Let this corrective action run?", "Approve"],
};

const REFUSALS = {
  forged: { status: 403, heading: "Not a link of Belfry's", text: "It may have been cut off: copy it whole." },
  expired: { status: 410, heading: "Too old", text: "This link has expired: act where incidents are listed." },
  used: { status: 410, heading: "Used already", text: "This link has been used: each is good for one time." },
} as const;

/** Shows what a link would do. Programs that open links to look at them change nothing by it. */
export async function showLink(token: string, ports: LinkPorts, signal: AbortSignal): Promise<HttpAnswer> {
  const secret = await ports.secrets.read(ports.linkSecret, signal);
  const verdict = await checkActionToken(token, { ...ports, secret }, signal);
  if (!verdict.valid) return pageAnswer(REFUSALS[verdict.reason]);
  const { action, incidentKey } = verdict.claim;
  const [heading, label] = QUESTIONS[action];
  return pageAnswer({ status: 200, heading, text: `Its id is ${incidentKey}.`, confirm: { label, token } });
}

/** Does what a link says, once. It is used up only by then: whoever is stopped before can use it again, and what was done is not done twice. */
export async function followLink(token: string, ports: LinkPorts, signal: AbortSignal): Promise<HttpAnswer> {
  const secret = await ports.secrets.read(ports.linkSecret, signal);
  const verdict = await checkActionToken(token, { ...ports, secret }, signal);
  if (!verdict.valid) return pageAnswer(REFUSALS[verdict.reason]);
  const { action, incidentKey: key, channel } = verdict.claim;
  const { status, text } = await actForPerson({ action, key, by: `a link sent to ${channel}` }, ports, signal);
  await redeemActionToken(token, { ...ports, secret }, signal);
  return pageAnswer({ status, heading: status === 200 ? "Done" : "Not done", text });
}
