import { RETENTION_DAYS } from "@belfry/core/config/deploy/log-retention";
import { Retention } from "@belfry/core/config/deploy/retention";
import { enforceRetention, type RetentionAnswer } from "@belfry/core/log-groups/retention";
import { retentionPlan, validDays } from "@belfry/core/log-groups/retention-plan";
import type { LogGroup } from "@belfry/core/platform/logs-client";
import { pacedCalls } from "@belfry/core/platform/paced-calls";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FakeLogGroups, fakeLogGroups } from "../../../support/fake-log-groups.ts";
import { taskRuntime } from "../../../support/task-runtime.ts";

type Settings = Parameters<typeof Retention.parse>[0];

const KEY = "arn:aws:kms:eu-west-1:111122223333:key/11112222-3333-4444-5555-666677778888";
const OTHER_KEY = "arn:aws:kms:eu-west-1:111122223333:key/another";

function group(name: string, over: Partial<LogGroup> = {}): LogGroup {
  return { name, createdMs: 0, logClass: "STANDARD", ...over };
}

const plan = (given: LogGroup, settings: Settings = {}) => retentionPlan(Retention.parse(settings))(given);

describe("the plan for a log group", () => {
  it("raises a retention that is too low", () => {
    expect(plan(group("/a", { retentionDays: 7 }))).toEqual({ days: 30 });
    expect(plan(group("/a", { retentionDays: 30 }))).toEqual({ skip: "as it should be" });
  });

  it("never lowers one", () => {
    expect(plan(group("/a", { retentionDays: 365 }))).toEqual({ skip: "as it should be" });
    expect(plan(group("/a"))).toEqual({ skip: "never expires" });
  });

  it("gives one to what never expires only when that was asked for", () => {
    expect(plan(group("/a"), { neverExpire: "set" })).toEqual({ days: 30 });
  });

  it("takes the next number of days that CloudWatch Logs takes", () => {
    expect([1, 2, 31, 366, 3653].map(validDays)).toEqual([1, 3, 60, 400, 3653]);
    expect(plan(group("/a", { retentionDays: 60 }), { days: 61 })).toEqual({ days: 90 });
  });

  it("takes the days of the first glob that matches", () => {
    const settings: Settings = {
      overrides: [
        { logGroup: "/audit/*", days: 3653 },
        { logGroup: "*", days: 14 },
      ],
    };
    expect(plan(group("/audit/a", { retentionDays: 400 }), settings)).toEqual({ days: 3653 });
    expect(plan(group("/a", { retentionDays: 1 }), settings)).toEqual({ days: 14 });
  });

  it("adds a key where there is none, and replaces none", () => {
    expect(plan(group("/a", { retentionDays: 30 }), { kmsKey: KEY })).toEqual({ kmsKey: KEY });
    expect(plan(group("/a", { retentionDays: 30, kmsKey: OTHER_KEY }), { kmsKey: KEY })).toEqual({
      skip: "as it should be",
    });
  });

  it.each([
    [group("/secret/a", { retentionDays: 1 }), "excluded"],
    [group("aws/spans", { retentionDays: 1 }), "managed by AWS"],
    [group("/a", { retentionDays: 1, logClass: "DELIVERY" }), "delivery class"],
    [group("/a", { retentionDays: 1, retentionPolicy: "all" }), "account policy"],
  ])("leaves %o alone: %s", (given, skip) => {
    expect(plan(given, { exclude: ["/secret/*"] })).toEqual({ skip });
  });
});

function setUp(groups: LogGroup[], settings: Settings = {}, pageSize = 2) {
  const runtime = taskRuntime();
  const cloud = fakeLogGroups(groups, () => runtime.clock.now(), pageSize);
  const ports = { ...runtime, calls: cloud, paced: pacedCalls({ ...runtime, perSecond: 5 }) };
  const enforce = (run: { nextToken?: string | undefined; signal?: AbortSignal } = {}): Promise<RetentionAnswer> =>
    enforceRetention(ports, Retention.parse(settings), { signal: new AbortController().signal, ...run });
  return { runtime, cloud, enforce };
}

describe("a run over all log groups", () => {
  const some = () => [
    group("/a", { retentionDays: 1 }),
    group("/b"),
    group("/c", { retentionDays: 400 }),
    group("/d", { retentionDays: 7, kmsKey: OTHER_KEY }),
    group("aws/spans"),
  ];

  it("goes through all pages and says what it did", async () => {
    const { cloud, enforce, runtime } = setUp(some(), { kmsKey: KEY });
    expect(await enforce()).toEqual({
      seen: 5,
      changed: 4,
      skipped: { "managed by AWS": 1 },
      failedCount: 0,
      failed: [],
      dryRun: false,
    });
    expect(cloud.changes).toEqual([
      "putRetention /a 30",
      "associateKmsKey /a",
      "associateKmsKey /b",
      "associateKmsKey /c",
      "putRetention /d 30",
    ]);
    expect(runtime.counted.get('LogGroupsChanged {"Function":"logs-retention"}')).toBe(4);
  });

  it("changes nothing in a dry run, and says what it would", async () => {
    const { cloud, enforce } = setUp(some(), { dryRun: true });
    expect(await enforce()).toMatchObject({ changed: 2, dryRun: true });
    expect(cloud.changes).toEqual([]);
  });

  it("makes at most five calls a second", async () => {
    const groups = Array.from({ length: 20 }, (_, i) => group(`/${i}`, { retentionDays: 1 }));
    const { cloud, enforce } = setUp(groups, {}, 50);
    await enforce();
    for (const [i, at] of cloud.calledMs.entries()) {
      if (i >= 5) expect(at - cloud.calledMs[i - 5]).toBeGreaterThanOrEqual(1000);
    }
  });

  it("tries again what is throttled, later and later", async () => {
    const { cloud, enforce } = setUp([group("/a", { retentionDays: 1 })]);
    cloud.refusals.push("ThrottlingException", "ThrottlingException", "", "ThrottlingException");
    expect(await enforce()).toMatchObject({ changed: 1, failedCount: 0 });
    expect(cloud.changes).toEqual(["putRetention /a 30"]);
    expect(cloud.calledMs).toHaveLength(5);
  });

  it("reports what cannot be changed and goes on", async () => {
    const { cloud, enforce, runtime } = setUp([group("/a", { retentionDays: 1 }), group("/b", { retentionDays: 1 })]);
    cloud.refusals.push("", "AccessDeniedException");
    expect(await enforce()).toMatchObject({
      seen: 2,
      changed: 1,
      failedCount: 1,
      failed: [{ logGroup: "/a", reason: expect.stringContaining("AccessDeniedException") }],
    });
    expect(runtime.counted.get('LogGroupsFailed {"Function":"logs-retention"}')).toBe(1);
  });

  it("raises what keeps it from listing", async () => {
    const { cloud, enforce } = setUp([group("/a")]);
    cloud.refusals.push("AccessDeniedException");
    await expect(enforce()).rejects.toThrow("AccessDeniedException");
  });

  it("stops at the deadline, says where, and goes on from there", async () => {
    const groups = Array.from({ length: 6 }, (_, i) => group(`/${i}`, { retentionDays: 1 }));
    const { cloud, enforce } = setUp(groups);
    const deadline = new AbortController();
    const put = cloud.putRetention;
    const counting: FakeLogGroups["putRetention"] = async (...call) => {
      await put(...call);
      if (cloud.changes.length === 3) deadline.abort();
    };
    Object.assign(cloud, { putRetention: counting });
    const answer = await enforce({ signal: deadline.signal });
    expect(answer).toMatchObject({ seen: 3, changed: 3, nextToken: "2" });
    expect(await enforce({ nextToken: answer.nextToken })).toMatchObject({ seen: 4, changed: 3 });
    expect(groups.every(({ retentionDays }) => retentionDays === 30)).toBe(true);
  });
});

const anyDays = fc.constantFrom(undefined, ...RETENTION_DAYS);
const anyGroup: fc.Arbitrary<Omit<LogGroup, "name">> = fc.record({
  createdMs: fc.constant(0),
  logClass: fc.constantFrom("STANDARD", "INFREQUENT_ACCESS", "DELIVERY"),
  retentionDays: anyDays as fc.Arbitrary<number>,
  kmsKey: fc.constantFrom(undefined, OTHER_KEY) as fc.Arbitrary<string>,
});

it("changes nothing a second time, lowers nothing and replaces no key, whatever the log groups and the settings", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyGroup, { maxLength: 8 }),
      fc.integer({ min: 1, max: 3653 }),
      fc.constantFrom("keep", "set"),
      fc.constantFrom(undefined, KEY),
      async (given, days, neverExpire, kmsKey) => {
        const before = given.map((members, i) => ({ ...members, name: `/${i}` }));
        const settings = { days, neverExpire, ...(kmsKey === undefined ? {} : { kmsKey }) } as Settings;
        const { cloud, enforce } = setUp([...before], settings);
        const first = await enforce();
        const skipped = Object.values(first.skipped).reduce((sum, n) => sum + n, 0);
        expect(first.seen).toBe(first.changed + skipped + first.failedCount);
        for (const [i, { retentionDays = Infinity, kmsKey: key }] of before.entries()) {
          const after = cloud.groups[i];
          const isSet = retentionDays === Infinity && neverExpire === "set";
          if (!isSet) expect(after.retentionDays ?? Infinity).toBeGreaterThanOrEqual(retentionDays);
          if (key !== undefined) expect(after.kmsKey).toBe(key);
        }
        cloud.changes.length = 0;
        expect(await enforce()).toMatchObject({ changed: 0, failedCount: 0 });
        expect(cloud.changes).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});
