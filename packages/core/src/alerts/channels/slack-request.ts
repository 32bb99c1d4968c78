import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../platform/clock.ts";

/** A request that says it is Slack's: two of its headers, and its body byte for byte as it came. */
export interface SlackRequest {
  /** `x-slack-request-timestamp` */
  readonly timestamp: string;
  /** `x-slack-signature` */
  readonly signature: string;
  readonly body: string;
}

/** An older or later request may be a recorded one. https://docs.slack.dev/authentication/verifying-requests-from-slack */
const SLACK_MAX_AGE_S = 300;

const VERSION = "v0";

/** Whether Slack has signed the request, for the app with this signing secret, in the last five minutes. */
export function isSlackRequest(
  { timestamp, signature, body }: SlackRequest,
  signingSecret: string,
  clock: Clock,
): boolean {
  if (!/^\d{1,12}$/.test(timestamp) || signingSecret === "") return false;
  if (Math.abs(clock.now() / 1000 - Number(timestamp)) > SLACK_MAX_AGE_S) return false;
  const expected = Buffer.from(slackSignature(signingSecret, timestamp, body));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Slack's signature of a body, `v0=…`. */
export function slackSignature(signingSecret: string, timestamp: string, body: string): string {
  return `${VERSION}=${createHmac("sha256", signingSecret).update(`${VERSION}:${timestamp}:${body}`).digest("hex")}`;
}
