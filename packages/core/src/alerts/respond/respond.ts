import { messageOf } from "../../platform/errors.ts";
import { followLink, type LinkPorts, showLink } from "./link-request.ts";
import { type HttpAnswer, pageAnswer } from "./page.ts";
import { pressSlackButton, type SlackPorts } from "./slack-press.ts";

/** A request of the endpoint. */
export interface RespondRequest {
  /** In capitals. */
  readonly method: string;
  readonly query: URLSearchParams;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** As it came, without an encoding. */
  readonly body: string;
}

export type RespondPorts = LinkPorts & SlackPorts;

/** Slack's payload holds the message that the button is in, and is the largest that anybody has to send. */
export const MAX_RESPOND_BYTES = 256 * 1024;

/** Answers whoever presses a button in Slack or opens a signed link. What goes wrong here is answered with 503, so that it is tried again, and logged. */
export async function respond(request: RespondRequest, ports: RespondPorts, signal: AbortSignal): Promise<HttpAnswer> {
  try {
    return await answerOf(request, ports, signal);
  } catch (thrown) {
    ports.logger.error("a request could not be answered", { error: thrown, reason: messageOf(thrown) });
    return pageAnswer({ status: 503, heading: "Not now", text: "That did not work: try again in a moment." });
  }
}

async function answerOf(request: RespondRequest, ports: RespondPorts, signal: AbortSignal): Promise<HttpAnswer> {
  const { method, headers, query, body } = request;
  if (Buffer.byteLength(body) > MAX_RESPOND_BYTES) return refused(413, "Too large");
  if (method === "GET" || method === "HEAD") {
    const answer = await showLink(query.get("token") ?? "", ports, signal);
    return method === "HEAD" ? { ...answer, body: "" } : answer;
  }
  if (method !== "POST") {
    const answer = refused(405, "Not that way");
    return { ...answer, headers: { ...answer.headers, allow: "GET, HEAD, POST" } };
  }
  const signature = headers["x-slack-signature"];
  if (signature !== undefined) {
    const timestamp = headers["x-slack-request-timestamp"] ?? "";
    return pressSlackButton({ timestamp, signature, body }, ports, signal);
  }
  return followLink(new URLSearchParams(body).get("token") ?? "", ports, signal);
}

function refused(status: number, heading: string): HttpAnswer {
  return pageAnswer({ status, heading, text: "Belfry answers its own links, and buttons in Slack." });
}
