import { listOf, memberAt, parsedJson, textAt } from "../../event/json-member.ts";
import type { IncidentAction } from "../../event/notification.ts";
import { buttonId } from "./slack-blocks.ts";

/** What somebody wants who pressed a button of Belfry's in Slack. */
export interface SlackAction {
  /** The button's value: of `approve` it is the id of a request. */
  readonly incidentKey: string;
  readonly action: IncidentAction;
  /** The user's id and, where Slack says it, name. */
  readonly userId: string;
  readonly userName: string;
  /** Where an answer to this user alone can be posted, for half an hour. */
  readonly responseUrl?: string;
}

const ACTIONS: ReadonlyMap<string, IncidentAction> = new Map(
  (["acknowledge", "snooze", "resolve", "approve"] as const).map((action) => [buttonId(action), action]),
);

/**
 * Reads the body of a request that is Slack's, which has to be known already; undefined when no button of ours was pressed.
 * https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
 */
export function readSlackAction(body: string): SlackAction | undefined {
  const payload = parsedJson(new URLSearchParams(body).get("payload"));
  const userId = textAt(payload, "user", "id");
  if (textAt(payload, "type") !== "block_actions" || userId === undefined) return undefined;
  for (const pressed of listOf(memberAt(payload, "actions"))) {
    const action = ACTIONS.get(textAt(pressed, "action_id") ?? "");
    const value = textAt(pressed, "value");
    if (action === undefined || value === undefined) continue;
    const userName = textAt(payload, "user", "name") ?? textAt(payload, "user", "username") ?? userId;
    const responseUrl = textAt(payload, "response_url");
    return { incidentKey: value, action, userId, userName, ...(responseUrl === undefined ? {} : { responseUrl }) };
  }
  return undefined;
}
