import type { HealthEvent } from "@belfry/core/event/health-event";
import {
  acceptHealthEvent,
  type HealthDecision,
  reviewHealth,
  shownAlert,
} from "@belfry/core/health/accept-health-event";
import { PAGE_DEADLINE_MS } from "@belfry/core/health/health-view";
import { describe, expect, it } from "vitest";
import { HEALTH_ARN, healthEvent } from "../../../support/health-events.ts";

const NOW = Date.UTC(2026, 10, 20, 10, 5);
const MINUTE_MS = 60_000;

/** A statement made so many minutes after the first, with an id of its own. */
function statement(minutes: number, detail: object = {}): HealthEvent {
  const lastUpdatedTime = new Date(Date.UTC(2026, 10, 20, 10, minutes)).toUTCString();
  return healthEvent({ communicationId: `c${minutes}-1`, lastUpdatedTime, ...detail });
}

function accept(...events: readonly HealthEvent[]): HealthDecision {
  let decision: HealthDecision | undefined;
  for (const event of events) decision = acceptHealthEvent(decision?.state, event, NOW);
  if (decision === undefined) throw new Error("no events");
  return decision;
}

it("shows an event of one page at once", () => {
  const { alert, waitUntil } = accept(statement(0));
  expect(alert).toMatchObject({
    key: HEALTH_ARN,
    version: Date.UTC(2026, 10, 20, 10),
    status: "firing",
    severity: "error",
    title: "RDS: operational issue in eu-west-1",
    description: "Connections fail.\nAccounts: 111122223333",
    startsAt: Date.UTC(2026, 10, 20, 9, 50),
    replayed: false,
  });
  expect(alert?.labels).toEqual({
    source: "aws.health",
    region: "eu-west-1",
    service: "rds",
    severity: "error",
    event_arn: HEALTH_ARN,
    event_type_code: "AWS_RDS_OPERATIONAL_ISSUE",
    event_type_category: "issue",
    event_scope_code: "ACCOUNT_SPECIFIC",
    status_code: "open",
    personas: "operations",
  });
  expect(waitUntil).toBeUndefined();
});

it("shows the backup copy of another region no second time", () => {
  expect(accept(statement(0), healthEvent({ communicationId: "c0-1", backupEvent: "true" })).alert).toBeUndefined();
});

describe("pages", () => {
  const page = (number: number, minutes = 0): HealthEvent =>
    statement(minutes, {
      communicationId: `c${minutes}-${number}`,
      page: String(number),
      totalPages: "3",
      affectedEntities: [{ entityValue: `db-${number}`, status: "IMPAIRED" }],
    });

  it("waits for all of them", () => {
    const { alert, waitUntil } = accept(page(3), page(1));
    expect(alert).toBeUndefined();
    expect(waitUntil).toBe(NOW + PAGE_DEADLINE_MS);
    const { alert: whole } = accept(page(3), page(1), page(2));
    expect(whole?.description).toContain("Affected: 3 impaired: db-1, db-2, db-3");
  });

  it("shows what has come when the deadline is over, and the rest when it comes", () => {
    const { state } = accept(page(3), page(1));
    const late = reviewHealth(state, NOW + PAGE_DEADLINE_MS);
    expect(late.alert?.description).toContain("Affected: 2 impaired: db-1, db-3\nIncomplete: 1 pages have not come");
    const whole = acceptHealthEvent(late.state, page(2), NOW + 2 * PAGE_DEADLINE_MS);
    expect(whole.alert?.description).toContain("db-1, db-2, db-3");
    expect(whole.alert?.description).not.toContain("Incomplete");
    expect(whole.alert?.key).toBe(late.alert?.key);
    expect(whole.alert?.version).toBeGreaterThan(late.alert?.version ?? 0);
  });

  it("goes on showing the last whole statement while a newer one is incomplete", () => {
    const before = accept(page(1), page(2), page(3));
    expect(acceptHealthEvent(before.state, page(1, 5), NOW)).toMatchObject({ waitUntil: NOW + PAGE_DEADLINE_MS });
    expect(acceptHealthEvent(before.state, page(1, 5), NOW).alert).toBeUndefined();
  });

  it("keeps no statement that a newer one has replaced", () => {
    const { state } = accept(page(1), page(2), page(3), page(1, 5), page(2, 5), page(3, 5), page(1));
    expect(state.statements.map(({ communication }) => communication)).toEqual(["c5"]);
  });
});

describe("accounts", () => {
  const inAccount = (account: string, detail: object = {}): HealthEvent =>
    statement(0, {
      affectedAccount: account,
      communicationId: `c${account}-1`,
      affectedEntities: [{ entityValue: "db-1", status: "IMPAIRED" }],
      ...detail,
    });

  it("are listed in one alert, with the entities of each", () => {
    const { alert } = accept(inAccount("222222222222"), inAccount("111111111111"));
    expect(alert?.key).toBe(HEALTH_ARN);
    expect(alert?.description).toContain("Accounts: 111111111111, 222222222222");
    expect(alert?.description).toContain("Affected: 2 impaired");
    expect(alert?.labels).not.toHaveProperty("account");
  });

  it("resolve the event when it is over in all of them", () => {
    const closed = {
      statusCode: "closed",
      communicationId: "late-1",
      lastUpdatedTime: "Fri, 20 Nov 2026 11:00:00 GMT",
    };
    const first = accept(inAccount("1"), inAccount("2"), inAccount("1", closed));
    expect(first.alert).toMatchObject({ status: "firing", labels: { status_code: "open" } });
    expect(first.alert?.description).toContain("Over in: 1\n");
    const second = acceptHealthEvent(first.state, inAccount("2", closed), NOW);
    expect(second.alert).toMatchObject({ status: "resolved", labels: { status_code: "closed" } });
  });

  it("all have the same issue of a region, of which the newest statement is shown", () => {
    const shared = { eventScopeCode: "PUBLIC", affectedEntities: [] };
    const one = inAccount("1", shared);
    const other = inAccount("2", { ...shared, lastUpdatedTime: "Fri, 20 Nov 2026 10:02:00 GMT", statusCode: "closed" });
    expect(accept(other, one).alert).toMatchObject({
      status: "resolved",
      description: "Connections fail.\nAccounts: 1, 2",
    });
  });
});

describe("the end", () => {
  it("comes when every entity is well again", () => {
    const entities = (...statuses: string[]) => ({
      affectedEntities: statuses.map((status, i) => ({ entityValue: `db-${i}`, status })),
    });
    const { state } = accept(statement(0, entities("IMPAIRED", "IMPAIRED")));
    const half = acceptHealthEvent(state, statement(1, entities("RESOLVED", "PENDING")), NOW);
    expect(half.alert?.status).toBe("firing");
    const whole = acceptHealthEvent(half.state, statement(2, entities("RESOLVED", "UNIMPAIRED")), NOW);
    expect(whole.alert?.status).toBe("resolved");
  });

  it("of a public issue that AWS leaves open comes half an hour after the end it gives", () => {
    const endTime = new Date(NOW - MINUTE_MS).toUTCString();
    const { alert, state, waitUntil } = accept(statement(0, { eventScopeCode: "PUBLIC", endTime }));
    expect(alert).toMatchObject({
      status: "firing",
      description: expect.stringContaining("AWS says that it has recovered"),
    });
    expect(waitUntil).toBe(NOW + 29 * MINUTE_MS);
    expect(reviewHealth(state, NOW + 28 * MINUTE_MS).alert).toBeUndefined();
    const over = reviewHealth(state, NOW + 29 * MINUTE_MS);
    expect(over.alert).toMatchObject({ status: "resolved" });
    expect(over).not.toHaveProperty("waitUntil");
  });

  it("is taken back when an update says that it goes on", () => {
    const { state } = accept(statement(0, { statusCode: "closed" }));
    expect(acceptHealthEvent(state, statement(1), NOW).alert).toMatchObject({ status: "firing" });
  });

  it("of what is upcoming is not yet there", () => {
    const change = {
      eventTypeCategory: "scheduledChange",
      statusCode: "upcoming",
      startTime: "Sun, 20 Dec 2026 10:00:00 GMT",
    };
    const { alert } = accept(statement(0, change));
    expect(alert).toMatchObject({ status: "firing", severity: "warning", labels: { status_code: "upcoming" } });
    expect(alert?.startsAt).toBe(alert?.version);
  });
});

it("keeps the entities when an update lists none", () => {
  const { alert } = accept(
    statement(0, { affectedEntities: [{ entityValue: "db-1", status: "IMPAIRED" }] }),
    statement(1, { eventDescription: [{ language: "en_US", latestDescription: "Better." }] }),
  );
  expect(alert?.description).toBe("Better.\nAccounts: 111122223333\nAffected: 1 impaired: db-1");
});

it.each([
  ["ACTION_REQUIRED", "issue", "AWS_RDS_OPERATIONAL_ISSUE", "critical"],
  ["ACTION_REQUIRED", "scheduledChange", "AWS_RDS_PLANNED_LIFECYCLE_EVENT", "error"],
  ["ACTION_MAY_BE_REQUIRED", "accountNotification", "AWS_RDS_NOTICE", "warning"],
  ["INFORMATIONAL", "scheduledChange", "AWS_RDS_NOTICE", "info"],
  [undefined, "issue", "AWS_RDS_OPERATIONAL_ISSUE", "error"],
  [undefined, "accountNotification", "AWS_RDS_NOTICE", "info"],
  [undefined, "plannedChange", "AWS_RDS_NOTICE", "warning"],
  ["INFORMATIONAL", "issue", "AWS_RISK_CREDENTIALS_EXPOSED", "critical"],
])("gives %s in an %s of %s the severity %s", (actionability, eventTypeCategory, eventTypeCode, severity) => {
  const { alert } = accept(statement(0, { actionability, eventTypeCategory, eventTypeCode }));
  expect(alert?.severity).toBe(severity);
});

it("says of a replayed event that it is one", () => {
  expect(accept(healthEvent({}, { "replay-name": "again" })).alert?.replayed).toBe(true);
});

it("shows the same again under the same delivery id", () => {
  const { state, alert } = accept(statement(0));
  expect(shownAlert(state, NOW)).toEqual(alert);
});
