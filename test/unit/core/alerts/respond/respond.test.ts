import { createHmac } from "node:crypto";
import { withActionLinks } from "@belfry/core/alerts/channels/action-link";
import { slackSignature } from "@belfry/core/alerts/channels/slack-request";
import {
  MAX_RESPOND_BYTES,
  type RespondPorts,
  type RespondRequest,
  respond,
} from "@belfry/core/alerts/respond/respond";
import { BelfryError } from "@belfry/core/platform/errors";
import { cachedSecrets } from "@belfry/core/platform/secrets-client";
import { beforeEach, describe, expect, it } from "vitest";
import { memoryTable } from "../../../../support/memory-table.ts";
import { NOW_MS, notificationOf } from "../../../../support/notifications.ts";
import { taskRuntime } from "../../../../support/task-runtime.ts";

const { signal } = new AbortController();
const SECRET = "link-secret";
/** Of Slack's published example. */
const SIGNING = "8f742231b10e8888abcd99yyyzzz85a5";
const SECRETS: Readonly<Record<string, string>> = {
  "env:LINK": SECRET,
  "env:SIGNING": SIGNING,
  "env:OTHER": "another",
};

let acts: unknown[];
let replies: { readonly origin: string; readonly body: unknown }[];
let outcome: Awaited<ReturnType<RespondPorts["act"]>>;
let ports: RespondPorts;
let nowMs: number;

beforeEach(() => {
  acts = [];
  replies = [];
  outcome = "done";
  nowMs = NOW_MS;
  const { logger } = taskRuntime();
  const clock = { now: () => nowMs };
  ports = {
    act: async (handle, input) => {
      acts.push([handle, input]);
      return outcome;
    },
    approve: async (id, by) => {
      acts.push(["approve", id, by]);
      return "approved";
    },
    table: memoryTable(),
    clock,
    logger,
    linkSecret: "env:LINK",
    secrets: cachedSecrets(async (reference) => SECRETS[reference] ?? "", clock),
    signingSecrets: ["env:OTHER", "env:SIGNING"],
    sendTo: (origin) => async (request) => {
      replies.push({ origin: origin.origin, body: JSON.parse(String(Buffer.from(request.body ?? []))) });
      return { status: 200, body: Buffer.alloc(0) };
    },
  };
});

const request = (over: Partial<RespondRequest>): RespondRequest => ({
  method: "GET",
  query: new URLSearchParams(),
  headers: {},
  body: "",
  ...over,
});
const ask = (over: Partial<RespondRequest>) => respond(request(over), ports, signal);

describe("a signed link", () => {
  const notification = notificationOf();
  const token = (action = "acknowledge", secret = SECRET) => {
    const { actions } = withActionLinks(notification, "mail", { endpoint: "https://x.example/", secret });
    return new URL(actions.find((each) => each.action === action)?.url ?? "").searchParams.get("token") ?? "";
  };
  const open = (text: string) => ask({ query: new URLSearchParams({ token: text }) });
  const follow = (text: string) => ask({ method: "POST", body: new URLSearchParams({ token: text }).toString() });

  it("asks first, and changes nothing by being looked at", async () => {
    const page = await open(token());
    expect(page.status).toBe(200);
    expect(page.body).toContain("<h1>Acknowledge this incident?</h1>");
    expect(page.body).toContain('<form method="post">');
    expect(page.body).not.toContain("<script");
    expect(page.headers).toMatchObject({
      "content-security-policy": expect.stringMatching(
        /default-src 'none'.*form-action 'self'; frame-ancestors 'none'/,
      ),
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    });
    expect(await ask({ method: "HEAD", query: new URLSearchParams({ token: token() }) })).toMatchObject({ body: "" });
    expect(acts).toEqual([]);
  });

  it("does what it says, once", async () => {
    expect(await follow(token())).toMatchObject({ status: 200, body: expect.stringContaining("is acknowledged.") });
    expect(await follow(token())).toMatchObject({ status: 410, body: expect.stringContaining("Used already") });
    expect(await open(token())).toMatchObject({ status: 410 });
    expect(acts).toEqual([[notification.incidentKey, { kind: "acknowledge", by: "a link sent to mail" }]]);
  });

  it("can be used again when what it does could not be done", async () => {
    const { act } = ports;
    ports = {
      ...ports,
      act: async () => Promise.reject(new BelfryError("UNAVAILABLE", "throttled", { retryable: true })),
    };
    expect((await follow(token("snooze"))).status).toBe(503);
    ports = { ...ports, act };
    expect((await follow(token("snooze"))).status).toBe(200);
    expect(acts).toEqual([
      [notification.incidentKey, { kind: "snooze", by: "a link sent to mail", untilMs: NOW_MS + 3_600_000 }],
    ]);
  });

  it("does no harm when it is pressed twice at the same moment", async () => {
    const answers = await Promise.all([follow(token()), follow(token())]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await follow(token())).status).toBe(410);
    // The second time it is already so: the incident says "nothing-new".
    expect(acts).toHaveLength(2);
  });

  it.each([
    ["nothing-new", 200],
    ["not-open", 409],
    ["stale", 409],
    ["too-late", 409],
    ["bad-time", 400],
    ["unknown-incident", 404],
  ] as const)("answers %s plainly, with status %i", async (what, status) => {
    outcome = what;
    expect((await follow(token("resolve"))).status).toBe(status);
  });

  it("is refused when it is forged or too old", async () => {
    for (const text of ["", "a.b", `${token()}x`, token("resolve", "another secret"), "<script>.x"]) {
      expect((await open(text)).status).toBe(403);
      expect((await follow(text)).status).toBe(403);
    }
    nowMs += 37 * 3_600_000;
    expect(await follow(token())).toMatchObject({ status: 410, body: expect.stringContaining("expired") });
    expect(acts).toEqual([]);
  });
});

describe("a button in Slack", () => {
  const payload = (over: object = {}) => ({
    type: "block_actions",
    user: { id: "U1", username: "ada" },
    response_url: "https://hooks.slack.com/actions/T1/1/x",
    actions: [{ action_id: "belfry_acknowledge", value: "0123456789abcdef" }],
    ...over,
  });
  const press = (content: object, { secret = SIGNING, ageS = 0 } = {}) => {
    const body = new URLSearchParams({ payload: JSON.stringify(content) }).toString();
    const timestamp = String(Math.floor(nowMs / 1000) - ageS);
    const headers = {
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": slackSignature(secret, timestamp, body),
    };
    return ask({ method: "POST", headers, body });
  };

  it("does what it says, and tells the user", async () => {
    expect(await press(payload())).toMatchObject({ status: 200, body: "" });
    expect(acts).toEqual([["0123456789abcdef", { kind: "acknowledge", by: "ada in Slack" }]]);
    const text = "The incident is acknowledged.";
    expect(replies).toEqual([
      { origin: "https://hooks.slack.com", body: { response_type: "ephemeral", replace_original: false, text } },
    ]);
  });

  it("approves a corrective action", async () => {
    const actions = [{ action_id: "belfry_approve", value: "request-1" }];
    expect((await press(payload({ actions }))).status).toBe(200);
    expect(acts).toEqual([["approve", "request-1", "ada in Slack"]]);
  });

  it("is refused unless one of the apps has signed it in the last five minutes", async () => {
    expect((await press(payload(), { secret: "forged" })).status).toBe(401);
    expect((await press(payload(), { ageS: 301 })).status).toBe(401);
    expect((await press(payload(), { ageS: 299 })).status).toBe(200);
    const signature = `v0=${createHmac("sha256", SIGNING).update("v0:1:x").digest("hex")}`;
    const headers = { "x-slack-signature": signature };
    expect((await ask({ method: "POST", headers, body: "x" })).status).toBe(401);
    expect(acts).toHaveLength(1);
  });

  it("is told apart also while another app's secret cannot be read", async () => {
    const { secrets } = ports;
    const read: typeof secrets.read = async (reference, by) => {
      if (reference === "env:OTHER") throw new BelfryError("UNAVAILABLE", "no secret");
      return secrets.read(reference, by);
    };
    ports = { ...ports, secrets: { ...secrets, read } };
    expect((await press(payload())).status).toBe(200);
    expect((await press(payload(), { secret: "another" })).status).toBe(503);
    expect(acts).toHaveLength(1);
  });

  it("answers other interactions without doing anything, and other addresses not at all", async () => {
    expect((await press({ type: "view_submission", user: { id: "U1" } })).status).toBe(200);
    expect((await press(payload({ actions: [{ action_id: "other", value: "x" }] }))).status).toBe(200);
    expect(acts).toEqual([]);
    for (const response_url of ["https://evil.example/hooks.slack.com", "http://hooks.slack.com/x", "no address"]) {
      expect((await press(payload({ response_url }))).status).toBe(200);
    }
    expect(acts).toHaveLength(3);
    expect(replies).toEqual([]);
  });

  it("has done it also when the user cannot be told", async () => {
    ports = { ...ports, sendTo: () => async () => Promise.reject(new BelfryError("UNAVAILABLE", "no route")) };
    expect((await press(payload())).status).toBe(200);
  });
});

it("refuses what is too large, and other methods", async () => {
  expect((await ask({ method: "POST", body: "x".repeat(MAX_RESPOND_BYTES + 1) })).status).toBe(413);
  expect(await ask({ method: "DELETE" })).toMatchObject({ status: 405, headers: { allow: "GET, HEAD, POST" } });
  expect((await ask({ method: "POST" })).status).toBe(403);
});
