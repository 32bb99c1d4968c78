import * as z from "zod";
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
}

const ACTIONS: ReadonlyMap<string, IncidentAction> = new Map(
  (["acknowledge", "snooze", "resolve", "approve"] as const).map((action) => [buttonId(action), action]),
);

// https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
const Payload = z.object({
  type: z.literal("block_actions"),
  user: z.object({ id: z.string(), username: z.string().optional(), name: z.string().optional() }),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().optional() })),
});

/** Reads the body of a request that is Slack's, which has to be known already; undefined when no button of ours was pressed. */
export function readSlackAction(body: string): SlackAction | undefined {
  const parsed = Payload.safeParse(jsonOf(new URLSearchParams(body).get("payload") ?? ""));
  if (!parsed.success) return undefined;
  const { user, actions } = parsed.data;
  for (const { action_id, value } of actions) {
    const action = ACTIONS.get(action_id);
    if (action === undefined || value === undefined || value === "") continue;
    return { incidentKey: value, action, userId: user.id, userName: user.name ?? user.username ?? user.id };
  }
  return undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
