import type { IncidentRow } from "@belfry/core/alerts/dispatch/incident-row";
import { newRow, type Receipt } from "@belfry/core/alerts/outbox-row";
import { incidentText } from "@belfry/local/on-call/incident-text";
import { expect, it } from "vitest";
import { NOW_MS, notificationOf } from "../../../support/notifications.ts";
import { FakeTerminal } from "../fake-terminal.ts";

const MINUTE_MS = 60_000;

const row: IncidentRow = {
  handle: "4525eeaca762e847",
  incident: {
    id: "g#1",
    groupKey: "g",
    version: 2,
    statusVersion: 1,
    status: "open",
    openedAt: NOW_MS,
    pending: { kind: "escalate", at: NOW_MS + 10 * MINUTE_MS },
    timeline: [
      { at: NOW_MS, what: "opened" },
      { at: NOW_MS + MINUTE_MS, what: "corrective action approved", who: "ada" },
    ],
  },
  group: { key: "g", labels: {}, route: "r", receiver: "team" },
  title: "checkout-down",
  severity: "error",
  alerts: [],
  total: 1,
  startsAt: NOW_MS,
  told: { receiver: ["slack"], paged: [] },
  sequence: 1,
  toldAt: NOW_MS,
  revision: 1,
};

const receipt = (over: Partial<Receipt>): Receipt => ({
  ...{ channel: "slack", id: "n", sequence: 0, kind: "opened", state: "delivered", reason: "", atMs: NOW_MS },
  ...over,
});

function textAt(nowMs: number): string {
  const receipts = [receipt({}), receipt({ channel: "mail", kind: "reminder", state: "failed", reason: "403" })];
  const waiting = [newRow(notificationOf(), "hook", ["hook"], NOW_MS)];
  return incidentText({ row, receipts, waiting }, nowMs, new FakeTerminal().paint);
}

it("says who was told what, who has approved, and what is still to be told", () => {
  const text = textAt(NOW_MS + MINUTE_MS);
  expect(text).toMatch(/told slack: opened *\n/);
  expect(text).toMatch(/told mail: reminder +failed: 403/);
  expect(text).toMatch(/corrective action approved by ada/);
  expect(text).toMatch(/to be told hook +not sent yet/);
});

it("says when it escalates, or that it should have, while something keeps it from that", () => {
  expect(textAt(NOW_MS + 11 * MINUTE_MS)).toMatch(/escalates at .* UTC unless somebody is faster/);
  expect(textAt(NOW_MS + 13 * MINUTE_MS)).toMatch(/escalates as soon as it may: due since .* UTC/);
});
