import { openChannel } from "@belfry/core/alerts/channels/open-channel";
import { readSlackAction } from "@belfry/core/alerts/channels/slack-action";
import { MAX_SLACK_BLOCKS, MAX_SLACK_CHARS, slackMessage, slackReply } from "@belfry/core/alerts/channels/slack-blocks";
import { isSlackRequest, slackSignature } from "@belfry/core/alerts/channels/slack-request";
import { Channels } from "@belfry/core/config/channels/schema";
import { httpSender } from "@belfry/core/platform/http";
import { cachedSecrets, type Secrets } from "@belfry/core/platform/secrets-client";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FakeSlack, fakeSlack, SLACK_TOKEN } from "../../../../support/fake-channels.ts";
import { memoryTable } from "../../../../support/memory-table.ts";
import { alertOf, NOW_MS, notificationOf } from "../../../../support/notifications.ts";

const signal = new AbortController().signal;
const first = { attempt: "first", signal } as const;

describe("a message", () => {
  it("says how it stands, since when, where, and what can be done", () => {
    const { text, blocks } = slackMessage(notificationOf(), { buttons: true });
    expect(text).toBe("🔴 Critical: orders-5xx");
    expect(blocks).toMatchObject([
      { type: "header", block_id: notificationOf().id, text: { type: "plain_text", text: "🔴 Critical: orders-5xx" } },
      { type: "context", elements: [{ text: "since 2026-11-22 12:52 UTC (12 min)" }] },
      { type: "section", text: { text: "Threshold crossed: 3 out of 3 datapoints were greater than 5." } },
      { type: "section", fields: [{ text: "*Account*\n111122223333" }, {}, {}, {}] },
      { type: "section", text: { text: expect.stringMatching(/^<https:.*\|Alarm>$/) } },
      {
        type: "actions",
        elements: [
          { action_id: "belfry_acknowledge", value: notificationOf().incidentKey },
          { action_id: "belfry_snooze" },
          { action_id: "belfry_resolve" },
        ],
      },
    ]);
  });

  it("has no buttons that nobody would hear of, and none for what is over", () => {
    expect(JSON.stringify(slackMessage(notificationOf(), { buttons: false }))).not.toContain("actions");
    const over = notificationOf({ kind: "resolved", status: "resolved" });
    expect(slackMessage(over, { buttons: true })).toMatchObject({ text: "🟢 Resolved: orders-5xx" });
    expect(JSON.stringify(slackMessage(over, { buttons: true }))).not.toContain("actions");
  });

  it("mentions nobody and formats nothing, whatever an alert is called", () => {
    const alert = alertOf({
      title: "<!channel> <https://evil.example|click> & `code`",
      description: "*bold* my_alarm_name ~x~ <@U123>",
      links: [{ title: "a|b>c", url: "https://example.com/?a=1&b=|<>" }],
    });
    const text = JSON.stringify(slackMessage(notificationOf({ alerts: [alert] }), { buttons: true }));
    const { blocks } = slackMessage(notificationOf({ alerts: [alert] }), { buttons: true });
    expect(blocks[2]).toMatchObject({ text: { text: "\u2060*bold* my_alarm_name \u2060~x~ &lt;@U123&gt;" } });
    expect(blocks[4]).toMatchObject({ text: { text: "<https://example.com/?a=1&amp;b=%7C%3C%3E|a¦b&gt;c>" } });
    // Only the header shows it as it is: plain text is never parsed.
    expect(text.match(/<!channel>/g)).toHaveLength(1);
    expect(slackReply(notificationOf({ alerts: [alert] }), { buttons: true }).text).toMatch(/&lt;!channel&gt;/);
  });

  it("is within Slack's limits whatever it is of", () => {
    const words = fc.string({ unit: "grapheme", maxLength: 6000 });
    const alert = fc.record({ title: words, description: words, account: words });
    fc.assert(
      fc.property(fc.array(alert, { minLength: 1, maxLength: 30 }), (given) => {
        const alerts = given.map(({ title, description, account }, at) =>
          alertOf({ key: `k${at}`, title, description, labels: { account, region: description } }),
        );
        const { blocks, text } = slackMessage(notificationOf({ alerts }), { buttons: true });
        expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(MAX_SLACK_CHARS);
        expect(blocks.length).toBeLessThanOrEqual(MAX_SLACK_BLOCKS);
        expect(text.length).toBeLessThanOrEqual(4000);
        for (const block of blocks as readonly LimitedBlock[]) {
          if (block.type === "header") expect(block.text?.text.length).toBeLessThanOrEqual(150);
          expect(block.text?.text.length ?? 1).toBeGreaterThan(0);
          expect(block.text?.text.length ?? 0).toBeLessThanOrEqual(3000);
          expect(block.fields?.length ?? 0).toBeLessThanOrEqual(10);
          for (const field of block.fields ?? []) expect(field.text.length).toBeLessThanOrEqual(2000);
        }
      }),
      { numRuns: 60 },
    );
  });
});

interface LimitedBlock {
  readonly type: string;
  readonly text?: { readonly text: string };
  readonly fields?: readonly { readonly text: string }[];
}

describe("the channel", () => {
  let slack: FakeSlack;
  let token: string;
  let secrets: Secrets;
  beforeAll(async () => {
    slack = await fakeSlack();
  });
  afterAll(() => slack.close());
  beforeEach(() => {
    slack.posts.length = 0;
    slack.requests.length = 0;
    slack.errors.clear();
    token = SLACK_TOKEN;
    secrets = cachedSecrets(async () => token, clock);
  });

  const clock = { now: () => NOW_MS };
  const open = (channel = "C024BE91L") => {
    const config = Channels.parse({ ops: { type: "slack", token: "env:T", channel, endpoint: slack.url } }).ops;
    if (config === undefined) throw new Error("no channel");
    const none = () => async () => "";
    const sendTo = (origin: URL) => httpSender(origin, { timeoutMs: 200 });
    return openChannel("ops", config, { clock, secrets, table: memoryTable(), sendTo, mailer: none, publisher: none });
  };
  const updated = notificationOf({ kind: "updated", status: "acknowledged", notes: ["Ada has acknowledged it."] }, 1);

  it("edits its message in place, and adds to its thread what happened", async () => {
    const opened = await open().deliver(notificationOf(), undefined, first);
    if (opened.outcome !== "delivered") throw new Error(opened.outcome);
    // Another channel by then: the message stays where it is.
    expect(await open("C0OTHER").deliver(updated, opened.reference, first)).toEqual(opened);
    expect(slack.posts).toMatchObject([
      { channel: "C024BE91L", text: "⚪ Acknowledged: orders-5xx" },
      { channel: "C024BE91L", thread_ts: slack.posts[0]?.ts, text: expect.stringMatching(/Ada has acknowledged it/) },
    ]);
  });

  it("posts anew where its message was deleted", async () => {
    const delivery = await open().deliver(updated, { channel: "C024BE91L", ts: "1.2" }, first);
    expect(delivery).toMatchObject({ outcome: "delivered", reference: { ts: slack.posts[0]?.ts } });
    expect(slack.posts).toHaveLength(1);
  });

  it("does not guess where it may not read the history, and says which scope it needs", async () => {
    slack.errors.set("conversations.history", { error: "missing_scope", needed: "channels:history" });
    const delivery = await open().deliver(notificationOf(), undefined, { attempt: "check", signal });
    expect(delivery).toMatchObject({ outcome: "unknown", reason: expect.stringMatching(/the scope channels:history/) });
    expect(slack.posts).toEqual([]);
  });

  it("reads a token again that is refused", async () => {
    token = "xoxb-old";
    expect(await open().deliver(notificationOf(), undefined, first)).toMatchObject({ outcome: "failed" });
    token = SLACK_TOKEN;
    expect(await open().deliver(notificationOf(), undefined, first)).toMatchObject({ outcome: "delivered" });
  });
});

describe("a request", () => {
  const body = "payload=%7B%22type%22%3A%22block_actions%22%7D";
  const timestamp = String(NOW_MS / 1000);
  const request = { timestamp, body, signature: slackSignature("secret", timestamp, body) };
  const at = (seconds: number) => ({ now: () => NOW_MS + seconds * 1000 });

  it("is taken when Slack has signed it in the last five minutes", () => {
    expect(isSlackRequest(request, "secret", at(0))).toBe(true);
    expect(isSlackRequest(request, "secret", at(299))).toBe(true);
  });

  // The example that Slack publishes. https://docs.slack.dev/authentication/verifying-requests-from-slack
  it("is taken as Slack's documentation signs it", () => {
    const fields = {
      ...{ token: "xyzz0WbapA4vBCDEFasx0q6G", team_id: "T1DC2JH3J", team_domain: "testteamnow" },
      ...{ channel_id: "G8PSS9T3V", channel_name: "foobar", user_id: "U2CERLKJA", user_name: "roadrunner" },
      ...{ command: "/webhook-collect", text: "" },
      response_url: "https://hooks.slack.com/commands/T1DC2JH3J/397700885554/96rGlfmibIGlgcZRskXaIFfN",
      trigger_id: "398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
    };
    const example = {
      timestamp: "1531420618",
      body: new URLSearchParams(fields).toString(),
      signature: "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    };
    const then = { now: () => 1_531_420_618_000 };
    expect(isSlackRequest(example, "8f742231b10e8888abcd99yyyzzz85a5", then)).toBe(true);
    expect(isSlackRequest(example, "8f742231b10e8888abcd99yyyzzz85a6", then)).toBe(false);
  });

  it.each([
    ["another secret", request, "other", 0],
    ["no secret", request, "", 0],
    ["too old", request, "secret", 301],
    ["of the future", request, "secret", -301],
    ["another body", { ...request, body: `${body}x` }, "secret", 0],
    ["another time", { ...request, timestamp: String(NOW_MS / 1000 + 1) }, "secret", 0],
    ["no number", { ...request, timestamp: "NaN" }, "secret", 0],
    ["no signature", { ...request, signature: "" }, "secret", 0],
    ["another version", { ...request, signature: request.signature.replace("v0", "v1") }, "secret", 0],
  ])("is refused: %s", (_, forged, secret, seconds) => {
    expect(isSlackRequest(forged, secret, at(seconds))).toBe(false);
  });
});

describe("a pressed button", () => {
  const pressed = (payload: unknown) => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const user = { id: "U1", username: "ada" };

  it("says who wants what of which incident", () => {
    const { blocks } = slackMessage(notificationOf(), { buttons: true });
    const { elements } = blocks.at(-1) as unknown as { elements: readonly object[] };
    expect(readSlackAction(pressed({ type: "block_actions", user, actions: [elements[1]] }))).toEqual({
      incidentKey: notificationOf().incidentKey,
      action: "snooze",
      userId: "U1",
      userName: "ada",
    });
  });

  it.each([
    ["no payload", "token=x"],
    ["no JSON", "payload=%7B"],
    ["another kind", pressed({ type: "view_submission", user })],
    ["another app's", pressed({ type: "block_actions", user, actions: [{ action_id: "toString", value: "x" }] })],
    ["no incident", pressed({ type: "block_actions", user, actions: [{ action_id: "belfry_resolve" }] })],
  ])("is none of ours: %s", (_, body) => {
    expect(readSlackAction(body)).toBeUndefined();
  });
});
