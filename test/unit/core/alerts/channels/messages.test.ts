import { withActionLinks } from "@belfry/core/alerts/channels/action-link";
import { alertLines, duration, since } from "@belfry/core/alerts/channels/headline";
import { mailText, plainText } from "@belfry/core/alerts/channels/mail-body";
import { MAX_EVENT_BYTES, pagerDutyEvent, withinLimits } from "@belfry/core/alerts/channels/pagerduty-event";
import { snsSubject } from "@belfry/core/alerts/channels/sns";
import { MAX_CARD_BYTES, teamsMessage } from "@belfry/core/alerts/channels/teams-card";
import { dedupKeyOf } from "@belfry/core/alerts/message";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alertOf, NOW_MS, notificationOf } from "../../../../support/notifications.ts";

const linked = withActionLinks(notificationOf(), "teams", { endpoint: "https://example.com/do", secret: "key" });
const many = Array.from({ length: 30 }, (_, at) =>
  alertOf({ key: `k${at}`, title: `alarm ${at}`, severity: at === 7 ? "critical" : "warning" }),
);

describe("a notification", () => {
  it("is of the worst severity, with some of many alerts and their count", () => {
    const notification = notificationOf({ alerts: many });
    expect(notification).toMatchObject({ severity: "critical", title: "alarm 0 and 29 more", alerts: { total: 30 } });
    expect(notification.alerts.shown).toHaveLength(20);
    expect(alertLines(notification)).toHaveLength(21);
    expect(alertLines(notification).at(-1)).toBe("and 10 more");
  });

  it("does not count what is over among what is wrong", () => {
    const alerts = [alertOf({ status: "resolved" }), alertOf({ key: "k", severity: "warning", title: "other" })];
    expect(notificationOf({ alerts })).toMatchObject({ severity: "warning", title: "other" });
  });

  it("has a key of its route and incident, which no others give", () => {
    expect(dedupKeyOf("a", "b")).toMatch(/^[0-9a-f]{64}$/);
    expect(dedupKeyOf("ab", "c")).not.toBe(dedupKeyOf("a", "bc"));
  });

  it("leaves out links that nobody can open", () => {
    const links = [
      { title: "1", url: "javascript:alert(1)" },
      { title: "2", url: "not an address" },
      { title: "3", url: "https://example.com/a b" },
      { title: "4", url: "https://example.com/a b" },
    ];
    const { links: kept } = notificationOf({ alerts: [alertOf({ links })] });
    expect(kept).toEqual([{ title: "3", url: "https://example.com/a%20b" }]);
  });

  it.each([
    [59_000, "less than a minute"],
    [12 * 60_000, "12 min"],
    [3_600_000, "1 h"],
    [3_900_000, "1 h 5 min"],
    [86_400_000 + 60_000, "1 d"],
    [90_000_000, "1 d 1 h"],
  ])("lasts %d ms: %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it("says how long it was when it is over", () => {
    const over = notificationOf({ status: "resolved", kind: "resolved", at: NOW_MS, startsAt: NOW_MS - 3_600_000 });
    expect(since(over)).toBe("lasted 1 h, from 2026-11-22 12:04 UTC");
  });
});

describe("for PagerDuty", () => {
  it("triggers, acknowledges and resolves by one key", () => {
    const opened = pagerDutyEvent(notificationOf(), "routing");
    expect(opened).toMatchObject({
      routing_key: "routing",
      event_action: "trigger",
      dedup_key: notificationOf().dedupKey,
      payload: {
        summary: "orders-5xx",
        source: "111122223333 eu-west-1",
        severity: "critical",
        component: "ApplicationELB",
      },
      client: "Belfry",
    });
    const { dedupKey } = notificationOf();
    expect(pagerDutyEvent(notificationOf({ status: "acknowledged" }, 1), "routing")).toEqual({
      routing_key: "routing",
      event_action: "acknowledge",
      dedup_key: dedupKey,
    });
    expect(pagerDutyEvent(notificationOf({ status: "resolved" }, 2), "routing").event_action).toBe("resolve");
  });

  it("is cut to the limits, and else left as it is", () => {
    const custom_details = { text: "é".repeat(MAX_EVENT_BYTES) };
    const payload = { summary: "é".repeat(2000), source: "x", severity: "error", custom_details } as const;
    const event = withinLimits({ routing_key: "k", event_action: "trigger", dedup_key: "d".repeat(300), payload });
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(MAX_EVENT_BYTES);
    expect(event.payload?.summary).toHaveLength(1024);
    expect(event.dedup_key).toHaveLength(255);
  });
});

describe("for Teams", () => {
  it("is a card with links that act", () => {
    expect(teamsMessage(linked)).toMatchObject({
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: {
            type: "AdaptiveCard",
            body: [{ text: "Critical: orders-5xx", color: "Attention" }, {}, {}, { type: "FactSet" }],
            actions: [
              { type: "Action.OpenUrl", title: "Acknowledge", url: linked.actions[0]?.url },
              { title: "Snooze 1 hour" },
              { title: "Resolve" },
              { title: "Alarm" },
            ],
          },
        },
      ],
    });
  });

  it("formats nothing, and computes nothing", () => {
    const alert = alertOf({ title: "[a](https://evil.example) {{DATE(2026-01-01)}} **b**" });
    expect(teamsMessage(notificationOf({ alerts: [alert] }))).toMatchObject({
      attachments: [
        {
          content: {
            body: [
              {
                text: "Critical: \\[a\\](https://evil.example) {\u2060{\u2060DATE(2026-01-01)}\u2060}\u2060 \\*\\*b\\*\\*",
              },
              {},
              {},
              {},
            ],
          },
        },
      ],
    });
  });

  it("is smaller than Teams refuses, whatever it is of", () => {
    const words = fc.string({ unit: "grapheme", maxLength: 4000 });
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 30 }), (titles) => {
        const alerts = titles.map((title, at) => alertOf({ key: `k${at}`, title, description: title.repeat(3) }));
        const message = teamsMessage(notificationOf({ alerts }));
        expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(MAX_CARD_BYTES);
      }),
      { numRuns: 50 },
    );
  });
});

describe("by mail", () => {
  it("says the same as text and as HTML, with links that act", () => {
    const { subject, text, html, headers } = mailText(linked);
    expect(subject).toBe("[Critical] orders-5xx");
    for (const part of [text, html.replaceAll("&amp;", "&")]) {
      expect(part).toContain("Threshold crossed");
      for (const { url = "" } of linked.actions) expect(part).toContain(url);
    }
    expect(headers).toContainEqual({ name: "References", value: `<${linked.dedupKey}@belfry.invalid>` });
    expect(mailText(notificationOf({ status: "resolved" }, 1)).headers).toContainEqual(headers[0]);
  });

  it("escapes, and keeps a subject in its line", () => {
    const alert = alertOf({ title: "a\r\nBcc: everyone@example.com", description: '<script>alert("1")</script>' });
    const { subject, html } = mailText(notificationOf({ alerts: [alert] }));
    expect(subject).toBe("[Critical] a Bcc: everyone@example.com");
    expect(html).not.toContain("<script>");
    expect(html).toContain("&lt;script&gt;alert(&quot;1&quot;)");
  });

  it("has a subject for SNS of at most 100 plain characters", () => {
    expect(snsSubject(notificationOf({ alerts: [alertOf({ title: "Überlauf → 🔥\n!" })] }))).toBe(
      "[Critical] Uberlauf ? ? !",
    );
    const long = snsSubject(notificationOf({ alerts: [alertOf({ title: "x".repeat(300) })] }));
    expect(long).toHaveLength(100);
    expect(plainText(notificationOf())).toMatch(/^Critical: orders-5xx\nsince /);
  });
});
