import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncidentAction, Notification } from "../../event/notification.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Table, TableKey } from "../../platform/table-client.ts";

/** What a link is for. */
export interface ActionClaim {
  /** The action's value: of `approve` it is the id of a request. */
  readonly incidentKey: string;
  readonly action: IncidentAction;
  /** The notification that had the link, and the channel that it was sent to. */
  readonly notificationId: string;
  readonly channel: string;
}

/** What a presented token comes to; a link is used once, and after that says so. */
export type ActionVerdict =
  | { readonly valid: true; readonly claim: ActionClaim }
  | { readonly valid: false; readonly reason: "forged" | "expired" | "used" };

/** How long a link is good: a night and a day. */
export const ACTION_LINK_MS = 36 * 3_600_000;

const SEPARATOR = ".";

interface TokenBody {
  readonly k: string;
  readonly a: IncidentAction;
  readonly n: string;
  readonly c: string;
  /** Epoch seconds at which it expires. */
  readonly e: number;
}

/** Gives the actions of a notification their links to `endpoint`, good until some time after the notification; the same whenever they are made. */
export function withActionLinks(
  notification: Notification,
  channel: string,
  { endpoint, secret }: { readonly endpoint: string; readonly secret: string },
): Notification {
  const expires = Math.floor((notification.at + ACTION_LINK_MS) / 1000);
  const actions = notification.actions.map((action) => {
    const claim = {
      incidentKey: action.value,
      action: action.action,
      notificationId: notification.id,
      channel,
    };
    return { ...action, url: `${endpoint}?token=${actionToken(claim, expires, secret)}` };
  });
  return { ...notification, actions };
}

/** A token that says what is to be done, until when, signed. `expires` in epoch seconds. */
function actionToken(claim: ActionClaim, expires: number, secret: string): string {
  const { incidentKey, action, notificationId, channel } = claim;
  const body: TokenBody = { k: incidentKey, a: action, n: notificationId, c: channel, e: expires };
  const text = Buffer.from(JSON.stringify(body)).toString("base64url");
  return text + SEPARATOR + sign(text, secret);
}

/**
 * Reads a token without using it up. Mail programs and chats open links to look at them, so that a page that asks "really?" reads it thus, and only its answer redeems it.
 */
export function readActionToken(token: string, secret: string, clock: Clock): ActionVerdict {
  const [text = "", signature = "", ...rest] = token.split(SEPARATOR);
  if (rest.length > 0 || !isEqual(signature, sign(text, secret))) return { valid: false, reason: "forged" };
  const { k, a, n, c, e } = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as TokenBody;
  if (clock.now() >= e * 1000) return { valid: false, reason: "expired" };
  return { valid: true, claim: { incidentKey: k, action: a, notificationId: n, channel: c } };
}

/** What a token is checked against. */
export interface TokenPorts {
  readonly secret: string;
  readonly clock: Clock;
  readonly table: Table;
}

/** Reads a token, and whether it has been used up, without using it up. */
export async function checkActionToken(token: string, ports: TokenPorts, signal: AbortSignal): Promise<ActionVerdict> {
  const verdict = readActionToken(token, ports.secret, ports.clock);
  if (!verdict.valid) return verdict;
  const used = await ports.table.get(useKey(verdict.claim), signal);
  return used === undefined ? verdict : { valid: false, reason: "used" };
}

/** Uses a token up: true once for each, whoever comes first. */
export async function redeemActionToken(
  token: string,
  { secret, clock, table }: TokenPorts,
  signal: AbortSignal,
): Promise<ActionVerdict> {
  const verdict = readActionToken(token, secret, clock);
  if (!verdict.valid) return verdict;
  const expires = Math.ceil((clock.now() + ACTION_LINK_MS) / 1000);
  const isFirst = await table.put({ ...useKey(verdict.claim), expires }, { exists: false }, signal);
  return isFirst ? verdict : { valid: false, reason: "used" };
}

/** One of the people or channels that were sent the link uses it up for all. */
function useKey({ incidentKey, action, notificationId }: ActionClaim): TableKey {
  const use = createHash("sha256")
    .update(JSON.stringify([incidentKey, action, notificationId]))
    .digest("hex");
  return { pk: `action-link#${use}`, sk: "used" };
}

function sign(text: string, secret: string): string {
  return createHmac("sha256", secret).update(text).digest("base64url");
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
