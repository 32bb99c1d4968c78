import { readActionToken, withActionLinks } from "@belfry/core/alerts/channels/action-link";
import { readSlackAction } from "@belfry/core/alerts/channels/slack-action";
import { slackMessage, slackReply } from "@belfry/core/alerts/channels/slack-blocks";
import { teamsMessage } from "@belfry/core/alerts/channels/teams-card";
import { claimable } from "@belfry/core/alerts/outbox-claim";
import { newRow } from "@belfry/core/alerts/outbox-row";
import type { Notification } from "@belfry/core/event/notification";
import { expect, it } from "vitest";
import { NOW_MS, notificationOf } from "../../../../support/notifications.ts";

const REQUEST = "0123456789abcdef";
const approve = { action: "approve" as const, title: "Approve: restart i-0abc", value: REQUEST };
const opened = notificationOf();
const asking: Notification = {
  ...notificationOf({}, 1),
  kind: "correction",
  isPage: false,
  lines: ["Waiting for approval: restart i-0abc"],
  actions: [approve, ...opened.actions],
};
const inbox = { name: "inbox", canCheck: true, deliver: async () => ({ outcome: "delivered" as const }) };

it("has a button in the thread too, which stays when the message above is edited", () => {
  const { blocks } = slackReply(asking, { buttons: true });
  const button = { type: "button", action_id: "belfry_approve", value: REQUEST, style: "primary" };
  expect(blocks[1]).toMatchObject({ type: "actions", elements: [button] });
  expect(JSON.stringify(blocks)).toContain("Are you sure?");
  expect(slackReply(opened, { buttons: true }).blocks).toHaveLength(1);
});

it("is a link where the app does not hear of buttons", () => {
  const linked = withActionLinks(asking, "slack", { endpoint: "https://example.com/do", secret: "key" });
  expect(JSON.stringify(slackReply(linked, { buttons: false }).blocks)).toContain("https://example.com/do?token=");
});

it("brings back the request's id, pressed or by its link", () => {
  const pressed = { action_id: "belfry_approve", value: REQUEST };
  const payload = { type: "block_actions", user: { id: "U1", name: "ada" }, actions: [pressed] };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  expect(readSlackAction(body)).toMatchObject({ action: "approve", incidentKey: REQUEST, userName: "ada" });
  const options = { endpoint: "https://example.com/do", secret: "key" };
  const [link] = withActionLinks(asking, "mail", options).actions;
  const token = new URL(link?.url ?? "").searchParams.get("token") ?? "";
  const verdict = readActionToken(token, "key", { now: () => NOW_MS });
  expect(verdict).toMatchObject({ valid: true, claim: { action: "approve", incidentKey: REQUEST } });
});

it("is the first of a card's actions, and fits in a message with all others", () => {
  const linked = withActionLinks(asking, "teams", { endpoint: "https://example.com/do", secret: "key" });
  expect(JSON.stringify(teamsMessage(linked))).toContain(approve.title);
  expect(slackMessage(asking, { buttons: true }).blocks.length).toBeLessThan(50);
});

it("is said by itself: nothing before or after it stands for it", () => {
  const rows = [opened, asking, notificationOf({ kind: "updated" }, 2)].map((notification) =>
    newRow(notification, "inbox", ["inbox"], NOW_MS),
  );
  const said: string[][] = [];
  for (let waiting = rows; waiting.length > 0; ) {
    const [claim] = claimable(waiting, inbox, NOW_MS);
    const taken = claim?.rows ?? [];
    said.push(taken.map(({ notification }) => notification.kind));
    waiting = waiting.slice(taken.length);
  }
  expect(said).toEqual([["opened"], ["correction"], ["updated"]]);
});
