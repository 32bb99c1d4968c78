import { messageOf } from "../../platform/errors.ts";
import type { Logger } from "../../platform/logger.ts";
import type { Secrets } from "../../platform/secrets-client.ts";
import type { SendTo } from "../channels/post-json.ts";
import { readSlackAction } from "../channels/slack-action.ts";
import { isSlackRequest, type SlackRequest } from "../channels/slack-request.ts";
import { type ActionPorts, actForPerson } from "./act-for-person.ts";
import type { HttpAnswer } from "./page.ts";

export interface SlackPorts extends ActionPorts {
  readonly secrets: Secrets;
  /** Of the configured apps, whose buttons these are. */
  readonly signingSecrets: readonly string[];
  readonly sendTo: SendTo;
  readonly logger: Logger;
}

/** Slack shows an error unless it has its answer in three seconds. https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response */
const ACT_MS = 2000;
const REPLY_MS = 700;

// Where Slack's own response URLs are; GovSlack has a domain of its own.
const RESPONSE_HOST = /^hooks\.slack(-gov)?\.com$/;

/** Does what a pressed button says, for requests that one of the apps has signed. What has changed is shown by the message's next edit, anything else to this user alone. */
export async function pressSlackButton(
  request: SlackRequest,
  ports: SlackPorts,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  if (!(await isSigned(request, ports, signal))) return plain(401, "not signed by a Slack app of Belfry's");
  const pressed = readSlackAction(request.body);
  if (pressed === undefined) return plain(200, "");
  const { action, incidentKey: key, userName: by, responseUrl } = pressed;
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(ACT_MS)]);
  const { text } = await actForPerson({ action, key, by: `${by} in Slack` }, ports, inTime);
  if (responseUrl !== undefined) await reply(responseUrl, text, ports, signal);
  return plain(200, "");
}

/** Any of the apps: buttons say which incident, not which channel they are in. A secret that cannot be read matters only when no other one has signed: then its error is raised. */
async function isSigned(request: SlackRequest, ports: SlackPorts, signal: AbortSignal): Promise<boolean> {
  const { secrets, signingSecrets, clock } = ports;
  const read = await Promise.allSettled(signingSecrets.map((reference) => secrets.read(reference, signal)));
  if (read.some((one) => one.status === "fulfilled" && isSlackRequest(request, one.value, clock))) return true;
  const unread = read.find((one) => one.status === "rejected");
  if (unread !== undefined) throw unread.reason;
  return false;
}

/** https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
async function reply(
  responseUrl: string,
  text: string,
  { sendTo, logger }: SlackPorts,
  signal: AbortSignal,
): Promise<void> {
  const url = URL.canParse(responseUrl) ? new URL(responseUrl) : undefined;
  if (url?.protocol !== "https:" || !RESPONSE_HOST.test(url.hostname)) return;
  const body = Buffer.from(JSON.stringify({ response_type: "ephemeral", replace_original: false, text }));
  const headers = { "content-type": "application/json; charset=utf-8" };
  try {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(REPLY_MS)]);
    await sendTo(new URL(url.origin))({ method: "POST", path: url.pathname + url.search, headers, body }, inTime);
  } catch (thrown) {
    // It is done all the same, and the address is a secret.
    logger.warn("Slack was not told what came of a button", { error: messageOf(thrown) });
  }
}

function plain(status: number, body: string): HttpAnswer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" }, body };
}
