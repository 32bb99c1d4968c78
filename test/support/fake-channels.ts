// Slack, PagerDuty, Teams and a receiver of webhooks on loopback, which count what people would see and can go wrong in each way that matters.
import { createHmac } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to a request in place of an answer, or to its answer; the last three after it was taken. */
export type ChannelFault = "429" | "500" | "hang" | "reset" | "taken, no answer" | "taken, malformed" | "taken, 502";

export const CHANNEL_FAULTS: readonly ChannelFault[] = [
  "429",
  "500",
  "hang",
  "reset",
  "taken, no answer",
  "taken, malformed",
  "taken, 502",
];

export interface FakeService {
  readonly url: string;
  /** Of the next requests, one each. */
  readonly faults: ChannelFault[];
  /** Paths, headers and bodies as they came. */
  readonly requests: { readonly path: string; readonly headers: http.IncomingHttpHeaders; readonly body: string }[];
  close(): Promise<void>;
}

type Answer = { readonly status: number; readonly body: string };
type Take = (request: {
  readonly path: string;
  readonly body: string;
  readonly headers: http.IncomingHttpHeaders;
}) => Answer;

export const RETRY_AFTER_S = 7;

const json = (body: object, status = 200): Answer => ({ status, body: JSON.stringify(body) });

const ANSWERS: Readonly<Partial<Record<ChannelFault, Answer>>> = {
  "429": { status: 429, body: "slow down" },
  "500": { status: 500, body: "oh no" },
  "taken, 502": { status: 502, body: "bad gateway" },
  "taken, malformed": { status: 200, body: '{"ok": tru' },
};

async function fakeService(take: Take): Promise<FakeService> {
  const faults: ChannelFault[] = [];
  const requests: FakeService["requests"] = [];
  const respond = (request: http.IncomingMessage, response: http.ServerResponse, body: string): void => {
    const { url: path = "/", headers } = request;
    requests.push({ path, headers, body });
    const fault = faults.shift();
    if (fault === "hang") return;
    if (fault === "reset") return void request.socket.destroy();
    const taken = fault === "429" || fault === "500" ? undefined : take({ path, body, headers });
    if (fault === "taken, no answer") return;
    const answer = (fault && ANSWERS[fault]) ?? taken ?? { status: 500, body: "" };
    const slow = { "retry-after": String(RETRY_AFTER_S) };
    response.writeHead(answer.status, answer.status === 429 ? slow : {}).end(answer.body);
  };
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => respond(request, response, Buffer.concat(chunks).toString("utf8")));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface SlackPost {
  readonly channel: string;
  readonly ts: string;
  readonly thread_ts?: string;
  text: string;
  blocks: readonly Readonly<Record<string, unknown>>[];
}

export interface FakeSlack extends FakeService {
  /** All messages, those of threads too. */
  readonly posts: SlackPost[];
  /** The error of the next calls of this method, and of all others `undefined`. */
  readonly errors: Map<string, Readonly<Record<string, unknown>>>;
}

export const SLACK_TOKEN = "xoxb-very-secret-token";

/** A workspace with a token; every channel exists. */
export async function fakeSlack(): Promise<FakeSlack> {
  const posts: SlackPost[] = [];
  const errors: FakeSlack["errors"] = new Map();
  let clock = 1_700_000_000;
  const methods: Record<string, (input: Record<string, string> & SlackPost) => object> = {
    "chat.postMessage": ({ channel, thread_ts, text, blocks }) => {
      const ts = `${++clock}.000100`;
      posts.push({ channel, ts, text, blocks, ...(thread_ts === undefined ? {} : { thread_ts }) });
      return { ok: true, channel, ts };
    },
    "chat.update": ({ channel, ts, text, blocks }) => {
      const post = posts.find((candidate) => candidate.channel === channel && candidate.ts === ts);
      if (post === undefined) return { ok: false, error: "message_not_found" };
      Object.assign(post, { text, blocks });
      return { ok: true, channel, ts };
    },
    "conversations.history": ({ channel }) => ({
      ok: true,
      messages: posts.filter((post) => post.channel === channel && post.thread_ts === undefined).reverse(),
    }),
    "conversations.replies": ({ channel, ts }) => ({
      ok: true,
      messages: posts.filter((post) => post.channel === channel && (post.ts === ts || post.thread_ts === ts)),
    }),
  };
  const service = await fakeService(({ path, body, headers }) => {
    const [method = "", query = ""] = path.slice(1).split("?");
    const scripted = errors.get(method);
    if (scripted !== undefined) return json({ ok: false, ...scripted });
    if (headers.authorization !== `Bearer ${SLACK_TOKEN}`) return json({ ok: false, error: "invalid_auth" });
    const input = body === "" ? Object.fromEntries(new URLSearchParams(query)) : JSON.parse(body);
    return json(methods[method]?.(input) ?? { ok: false, error: "unknown_method" });
  });
  return { ...service, posts, errors };
}

export interface FakePagerDuty extends FakeService {
  /** What happened to the incidents, by routing key and key: repeated triggers of an open one only show in `requests`. */
  readonly log: { readonly key: string; readonly what: "opened" | "acknowledged" | "resolved" }[];
}

export const ROUTING_KEY = "0123456789abcdef0123456789abcdef";

/** PagerDuty as it documents itself: one open incident for each key. */
export async function fakePagerDuty(): Promise<FakePagerDuty> {
  const open = new Set<string>();
  const log: FakePagerDuty["log"] = [];
  const service = await fakeService(({ path, body }) => {
    const { routing_key, event_action, dedup_key } = JSON.parse(body);
    if (path !== "/v2/enqueue" || routing_key.length !== 32) {
      return json({ status: "invalid event", message: `no key ${routing_key}`, errors: ["'routing_key' is bad"] }, 400);
    }
    const key = `${routing_key} ${dedup_key}`;
    if (event_action === "trigger" && !open.has(key)) log.push({ key, what: "opened" });
    if (event_action === "trigger") open.add(key);
    if (event_action === "acknowledge" && open.has(key)) log.push({ key, what: "acknowledged" });
    if (event_action === "resolve" && open.delete(key)) log.push({ key, what: "resolved" });
    return json({ status: "success", message: "Event processed", dedup_key }, 202);
  });
  return { ...service, log };
}

export interface FakeWorkflow extends FakeService {
  readonly cards: unknown[];
}

/** A Workflow of Teams at a secret address; larger cards than 28 KB are refused, and other addresses. */
export async function fakeTeams(): Promise<FakeWorkflow & { readonly address: string }> {
  const cards: unknown[] = [];
  const place = "/workflows/0a1b2c3d4e5f/triggers/manual/paths/invoke?sig=very-secret-signature";
  const service = await fakeService(({ path, body }) => {
    if (path !== place) return { status: 404, body: `nothing at ${path}` };
    if (Buffer.byteLength(body) > 28_000) return { status: 413, body: "too large" };
    cards.push(JSON.parse(body));
    return { status: 202, body: "" };
  });
  return { ...service, cards, address: service.url + place };
}

export interface FakeReceiver extends FakeService {
  /** Bodies, each idempotency key once. */
  readonly taken: unknown[];
}

export const SIGNING_SECRET = "signing-secret";

/** A receiver of webhooks that keeps its part of the agreement. */
export async function fakeReceiver(): Promise<FakeReceiver> {
  const keys = new Set<unknown>();
  const taken: unknown[] = [];
  const service = await fakeService(({ body, headers }) => {
    const text = `v1:${headers["belfry-timestamp"]}:${body}`;
    const expected = `v1=${createHmac("sha256", SIGNING_SECRET).update(text).digest("hex")}`;
    if (headers["belfry-signature"] !== expected) return json({ error: "bad signature" }, 401);
    if (!keys.has(headers["idempotency-key"])) taken.push(JSON.parse(body));
    keys.add(headers["idempotency-key"]);
    return json({});
  });
  return { ...service, taken };
}

export interface FakeSlackWebhook extends FakeWorkflow {
  readonly address: string;
}

/** An incoming webhook of Slack, at a secret address. */
export async function fakeSlackWebhook(): Promise<FakeSlackWebhook> {
  const cards: unknown[] = [];
  const place = "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX";
  const service = await fakeService(({ path, body }) => {
    if (path !== place) return { status: 404, body: "no_service" };
    cards.push(JSON.parse(body));
    return { status: 200, body: "ok" };
  });
  return { ...service, cards, address: service.url + place };
}

export interface FakeMail extends FakeService {
  /** Texts of what was taken, by either service. */
  readonly sent: string[];
  /** Refuses everything for good, in the words of the service. */
  refuses: boolean;
}

/** SES and SNS, as their clients see them. */
export async function fakeMail(): Promise<FakeMail> {
  const sent: string[] = [];
  const service = await fakeService(({ path, body }) => {
    const isSes = path === "/v2/email/outbound-emails";
    if (fake.refuses) {
      return isSes
        ? json({ __type: "MessageRejected", message: "Email address is not verified" }, 400)
        : {
            status: 404,
            body: "<ErrorResponse><Error><Code>NotFound</Code><Message>no topic</Message></Error></ErrorResponse>",
          };
    }
    sent.push(
      isSes ? JSON.parse(body).Content.Simple.Body.Text.Data : (new URLSearchParams(body).get("Message") ?? ""),
    );
    return isSes
      ? json({ MessageId: "m-1" })
      : {
          status: 200,
          body: "<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>",
        };
  });
  const fake: FakeMail = { ...service, sent, refuses: false };
  return fake;
}
