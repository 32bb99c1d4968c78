import { type AlertRow, placeAlert } from "@belfry/core/alerts/dispatch/alert-row";
import type { Alert } from "@belfry/core/event/alert";
import { expect, it } from "vitest";
import { alertAt } from "../../../../support/group-run.ts";

function placed(known: AlertRow | undefined, over: Partial<Alert>) {
  const groupsOf = ({ labels }: Alert) => [
    { key: `group ${labels.team}`, labels: {}, route: "r", receiver: "default" },
  ];
  const { row, to, isOld } = placeAlert(known, alertAt(0, over), groupsOf, undefined);
  return { row, isOld, to: to.map(({ group, alert }) => `${group.key}: ${alert.status} ${alert.labels.team}`) };
}

const first = placed(undefined, { version: 1, labels: { team: "a" } });

it("an end goes where the beginning went, whatever its labels", () => {
  expect(first.to).toEqual(["group a: firing a"]);
  expect(placed(first.row, { version: 2, status: "resolved", labels: { team: "b" } }).to).toEqual([
    "group a: resolved b",
  ]);
  expect(placed(first.row, { version: 2, status: "unknown", labels: {} }).row).toMatchObject({ isOn: true });
  expect(placed(undefined, { status: "resolved", labels: { team: "c" } }).to).toEqual(["group c: resolved c"]);
});

it("an alert is over in the groups that it has left, until they are told", () => {
  const moved = placed(first.row, { version: 2, labels: { team: "b" } });
  expect(moved.to).toEqual(["group b: firing b", "group a: resolved a"]);
  const again = placed(moved.row, { version: 2, labels: { team: "b" } });
  expect(again.to).toEqual(moved.to);
  const on = placed(moved.row, { version: 3, labels: { team: "c" } });
  expect(on.to).toEqual(["group c: firing c", "group a: resolved a", "group b: resolved b"]);
  const back = placed(moved.row, { version: 3, labels: { team: "a" } });
  expect(back.to).toEqual(["group a: firing a", "group b: resolved b"]);
});

it("what is older goes where the alert is by now, and nothing is remembered of it", () => {
  const moved = placed(first.row, { version: 2, labels: { team: "b" } });
  const old = placed(moved.row, { version: 1, labels: { team: "a" } });
  expect(old).toEqual({ row: moved.row, isOld: true, to: ["group b: firing a"] });
});
