import { groupItemKey, groupStateOf, groupWrite } from "@belfry/core/alerts/engine/group-item";
import type { GroupState } from "@belfry/core/alerts/engine/group-state";
import { describe, expect, it } from "vitest";
import { alertAt, GroupRun } from "../../../../support/group-run.ts";
import { memoryTable } from "../../../../support/memory-table.ts";

const signal = AbortSignal.timeout(60_000);

function stateOf(count: number): GroupState {
  const run = new GroupRun();
  const alerts = Array.from({ length: count }, (_, i) => {
    const key = `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-errors-${i}`;
    const description = `Threshold Crossed: 1 datapoint [${i}.0 (22/11/26 12:00:00)] was greater than the threshold (10.0).`;
    return alertAt(0, { key, description, labels: { account: "111122223333", region: "eu-west-1", alarmname: key } });
  });
  run.take(0, ...alerts);
  run.until(60_000);
  return run.state as GroupState;
}

describe("groupWrite", () => {
  it("stores a state and gives it back, a thousand alarms too", async () => {
    const table = memoryTable();
    const state = stateOf(1000);
    expect(await table.transact([groupWrite("g", undefined, state)], signal)).toBe(true);
    expect(groupStateOf(await table.get(groupItemKey("g"), signal))).toStrictEqual(state);
    expect(JSON.stringify(groupWrite("g", undefined, state)).length).toBeLessThan(60_000);
  });

  it("does not happen when somebody else has written meanwhile", async () => {
    const table = memoryTable();
    const state = stateOf(1);
    const next = { ...state, version: state.version + 1, forgetAt: 1500 };
    expect(await table.transact([groupWrite("g", undefined, state)], signal)).toBe(true);
    expect(await table.transact([groupWrite("g", undefined, state)], signal)).toBe(false);
    expect(await table.transact([groupWrite("g", state, next)], signal)).toBe(true);
    expect(await table.transact([groupWrite("g", state, next)], signal)).toBe(false);
    expect((await table.get(groupItemKey("g"), signal))?.expires).toBe(2);
    expect(await table.transact([groupWrite("g", next, undefined)], signal)).toBe(true);
    expect(await table.transact([groupWrite("g", undefined, undefined)], signal)).toBe(true);
    expect(groupStateOf(await table.get(groupItemKey("g"), signal))).toBeUndefined();
  });

  it("refuses what fits into no item, and what is no state", () => {
    const state = stateOf(1);
    const noise = Array.from({ length: 20_000 }, (_, i) => `${Math.sin(i)}${Math.cos(i)}`).join("");
    expect(() => groupWrite("g", undefined, { ...state, labels: { noise } })).toThrow(/group by more labels/);
    expect(() => groupStateOf({ ...groupItemKey("g"), other: 1 })).toThrow(/no body/);
  });
});
