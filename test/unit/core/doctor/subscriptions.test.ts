import {
  checkAccountPolicy,
  checkExportTask,
  checkLogGroupClass,
  checkResourcePolicies,
  checkSubscriptionFilters,
} from "@belfry/core/doctor/subscriptions";
import { describe, expect, it } from "vitest";
import { pagesOf, run } from "./account.ts";

const OURS = "arn:aws:logs:eu-west-1:111122223333:destination:belfry-prod-logs";
const groups = (...names: string[]) => ({ ingest: { subscribe: "log-groups" as const, logGroups: names } });
const NO_SUBSCRIPTION = { ingest: { subscribe: "none" as const } };

function policy(name: string, destination: string) {
  return { subscriptionPolicies: async () => [{ name, document: JSON.stringify({ DestinationArn: destination }) }] };
}

function filter(name: string) {
  return { name, destinationArn: "arn:aws:lambda:eu-west-1:111122223333:function:theirs" };
}

describe("account-policy", () => {
  it("is ok where there is none", async () => {
    expect(await run(checkAccountPolicy)).toMatchObject([{ status: "ok" }]);
  });

  it("is ok where it is this stage's", async () => {
    expect(await run(checkAccountPolicy, policy("belfry-eu-west-1", OURS))).toMatchObject([{ status: "ok" }]);
  });

  it("is a problem where it is somebody else's, and says how to do without", async () => {
    const theirs = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/theirs";
    const [verdict] = await run(checkAccountPolicy, policy("security-lake", theirs));
    expect(verdict).toMatchObject({
      status: "problem",
      what: `the account-level subscription policy security-lake sends to ${theirs}`,
      fix: expect.stringContaining('deploy.ingest.subscribe to "log-groups"'),
    });
  });

  it("is nobody's business where single log groups are subscribed", async () => {
    expect(await run(checkAccountPolicy, policy("theirs", "arn"), groups("/a"))).toMatchObject([{ status: "ok" }]);
  });

  it("is a problem where another stage has it", async () => {
    const [verdict] = await run(checkAccountPolicy, policy("belfry-eu-west-1", OURS.replace("prod", "dev")));
    expect(verdict).toMatchObject({ status: "problem", what: expect.stringContaining("of another stage than prod") });
  });

  it("warns of Belfry's own that is no longer configured", async () => {
    const verdicts = await run(checkAccountPolicy, policy("belfry-eu-west-1", OURS), NO_SUBSCRIPTION);
    expect(verdicts).toMatchObject([{ status: "warning" }]);
  });

  it("does not fall over a document that it cannot read", async () => {
    const broken = { subscriptionPolicies: async () => [{ name: "theirs", document: "{" }] };
    expect(await run(checkAccountPolicy, broken)).toMatchObject([
      { status: "problem", what: expect.stringContaining("an unknown destination") },
    ]);
  });
});

describe("subscription-filters", () => {
  it("is a problem for a configured group that has two of others", async () => {
    const subscriptionFilters = async (name: string) => (name === "/full" ? [filter("a"), filter("b")] : [filter("a")]);
    const verdicts = await run(checkSubscriptionFilters, { subscriptionFilters }, groups("/full", "/free"));
    expect(verdicts).toMatchObject([{ status: "problem", what: "no place for Belfry's subscription filters: /full" }]);
  });

  it("counts Belfry's own filters as its places", async () => {
    const subscriptionFilters = async () => [filter("a"), filter("belfry-eu-west-1")];
    expect(await run(checkSubscriptionFilters, { subscriptionFilters }, groups("/a"))).toMatchObject([
      { status: "ok", what: "a place for a subscription filter: /a" },
    ]);
  });

  it("counts the places that the user's function and the direct stream take, in the home region", async () => {
    const one = { subscriptionFilters: async () => [filter("a")] };
    const deploy = {
      ingest: { subscribe: "log-groups" as const, logGroups: ["/a", "/b"], process: { logGroups: ["/a"] } },
      archive: { direct: { logGroups: ["/c"] } },
    };
    expect(await run(checkSubscriptionFilters, one, deploy)).toMatchObject([
      { status: "problem", what: "no place for Belfry's subscription filters: /a" },
    ]);
    expect(await run(checkSubscriptionFilters, one, deploy, "us-east-1")).toMatchObject([
      { status: "ok", what: "a place for a subscription filter: /a, /b" },
    ]);
  });

  it("names configured groups that are not there", async () => {
    const absent = { subscriptionFilters: async () => undefined };
    expect(await run(checkSubscriptionFilters, absent, groups("/absent"), "us-east-1")).toMatchObject([
      { status: "problem", what: "there are no such log groups: /absent" },
    ]);
  });

  it("asks for the filters of 50 groups at most when all are subscribed at once", async () => {
    const all = Array.from({ length: 120 }, (_, i) => ({ name: `/g${i}`, logClass: "STANDARD" }));
    let asked = 0;
    const subscriptionFilters = async () => {
      asked++;
      return [filter("a"), filter("b")];
    };
    const verdicts = await run(checkSubscriptionFilters, { logGroups: () => pagesOf(all), subscriptionFilters });
    expect(asked).toBe(50);
    expect(verdicts).toMatchObject([
      { status: "ok", what: expect.stringContaining("/g0, /g1, /g2, /g3, /g4 and 45 more") },
    ]);
  });

  it("does not arise without subscriptions", async () => {
    expect(await run(checkSubscriptionFilters, {}, NO_SUBSCRIPTION)).toEqual([]);
    expect(await run(checkLogGroupClass, {}, NO_SUBSCRIPTION)).toEqual([]);
  });
});

describe("log-group-class", () => {
  const mixed = [
    { name: "/standard", logClass: "STANDARD" },
    { name: "/rare", logClass: "INFREQUENT_ACCESS" },
    { name: "/delivered", logClass: "DELIVERY" },
  ];

  it("warns of groups that the account-level policy does not reach", async () => {
    expect(await run(checkLogGroupClass, { logGroups: () => pagesOf(mixed) })).toMatchObject([
      {
        status: "warning",
        what: "2 of 3 log groups take no subscription: /rare (INFREQUENT_ACCESS), /delivered (DELIVERY)",
      },
    ]);
  });

  it("is a problem for a group that is configured, and else none", async () => {
    const logGroups = () => pagesOf(mixed);
    expect(await run(checkLogGroupClass, { logGroups }, groups("/rare"))).toMatchObject([
      { status: "problem", what: "of a class that takes no subscription: /rare (INFREQUENT_ACCESS)" },
    ]);
    expect(await run(checkLogGroupClass, { logGroups }, groups("/standard"))).toMatchObject([{ status: "ok" }]);
  });

  it("stops at 2,000 groups", async () => {
    let read = 0;
    const logGroups = async function* () {
      for (;;) {
        read += 50;
        yield Array.from({ length: 50 }, () => ({ name: "/g", logClass: "STANDARD" }));
      }
    };
    expect(await run(checkLogGroupClass, { logGroups })).toMatchObject([
      { status: "ok", what: expect.stringContaining("the first 2000") },
    ]);
    expect(read).toBe(2000);
  });
});

describe("resource-policies", () => {
  it("warns when all ten are used", async () => {
    const names = Array.from({ length: 10 }, (_, i) => `p${i}`);
    expect(await run(checkResourcePolicies, { resourcePolicies: async () => names })).toMatchObject([
      { status: "warning", what: "10 of 10 resource policies are used: p0, p1, p2, p3, p4 and 5 more" },
    ]);
    const nine = async () => names.slice(1);
    expect(await run(checkResourcePolicies, { resourcePolicies: nine })).toMatchObject([{ status: "ok" }]);
  });
});

describe("export-task", () => {
  it("warns of somebody else's, and knows its own by the bucket", async () => {
    const tasks = (bucket: string) => ({ activeExportTasks: async () => [{ id: "t", logGroup: "/a", bucket }] });
    expect(await run(checkExportTask, tasks("theirs"))).toMatchObject([
      { status: "warning", what: "an export task runs: /a to theirs" },
    ]);
    expect(await run(checkExportTask, tasks("belfry-prod-archive-111122223333-eu-west-1"))).toMatchObject([
      { status: "ok", what: "Belfry's own export task runs" },
    ]);
    expect(await run(checkExportTask)).toMatchObject([{ status: "ok", what: "no export task runs" }]);
  });
});
