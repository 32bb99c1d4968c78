import {
  ACTION_LINK_MS,
  readActionToken,
  redeemActionToken,
  withActionLinks,
} from "@belfry/core/alerts/channels/action-link";
import { expect, it } from "vitest";
import { memoryTable } from "../../../../support/memory-table.ts";
import { NOW_MS, notificationOf } from "../../../../support/notifications.ts";

const signal = new AbortController().signal;
const settings = { endpoint: "https://example.com/actions", secret: "key" };
const clock = { now: () => NOW_MS };
const [acknowledge = "", snooze = ""] = withActionLinks(notificationOf(), "teams", settings).actions.map(
  ({ url = "" }) => new URL(url).searchParams.get("token") ?? "",
);

it("says what is to be done, and looking at it does not use it up", () => {
  const claim = {
    incidentKey: notificationOf().incidentKey,
    action: "acknowledge",
    notificationId: notificationOf().id,
    channel: "teams",
  };
  expect(readActionToken(acknowledge, "key", clock)).toEqual({ valid: true, claim });
  expect(readActionToken(acknowledge, "key", clock)).toEqual({ valid: true, claim });
});

it("is used once, by whichever channel it came", async () => {
  const table = memoryTable();
  const use = (token: string) => redeemActionToken(token, { secret: "key", clock, table }, signal);
  expect(await Promise.all([use(acknowledge), use(acknowledge)])).toMatchObject([{ valid: true }, { reason: "used" }]);
  const [byMail] = withActionLinks(notificationOf(), "email", settings).actions;
  expect(await use(new URL(byMail?.url ?? "").searchParams.get("token") ?? "")).toMatchObject({ reason: "used" });
  expect(await use(snooze)).toMatchObject({ valid: true, claim: { action: "snooze" } });
});

it("is refused when it is forged or expired", async () => {
  const at = { now: () => NOW_MS + ACTION_LINK_MS };
  expect(readActionToken(acknowledge, "key", at)).toEqual({ valid: false, reason: "expired" });
  expect(readActionToken(acknowledge, "other", clock)).toEqual({ valid: false, reason: "forged" });
  const [body = "", signature = ""] = acknowledge.split(".");
  const [other = ""] = snooze.split(".");
  for (const token of [`${other}.${signature}`, body, "", "a.b", `${acknowledge}.c`, `${body}.`]) {
    expect(readActionToken(token, "key", clock)).toEqual({ valid: false, reason: "forged" });
    expect(await redeemActionToken(token, { secret: "key", clock, table: memoryTable() }, signal)).toMatchObject({
      valid: false,
    });
  }
});
