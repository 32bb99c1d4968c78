import { groupOf } from "@belfry/core/alerts/group";
import { compileRoutes, matchRoutes } from "@belfry/core/alerts/route";
import { Route } from "@belfry/core/config/oncall/route";
import { describe, expect, it } from "vitest";

const root = compileRoutes(
  Route.parse({
    receiver: "team",
    groupBy: ["account"],
    groupWait: "10s",
    muteTimeIntervals: ["night"],
    routes: [
      { pattern: { source: ["aws.health"] }, receiver: "health", continue: true, flapping: false },
      {
        matchers: ["severity=critical"],
        receiver: "pager",
        unknown: "breaching",
        routes: [{ matchers: ["env!=prod"], groupBy: ["..."] }],
      },
    ],
  }),
);

describe("matchRoutes", () => {
  const receivers = (labels: Record<string, string>, event?: unknown) =>
    matchRoutes(root, { labels, event }).map(({ options }) => options.receiver);

  it("takes the deepest that match, by labels and by event patterns", () => {
    expect(receivers({})).toEqual(["team"]);
    expect(receivers({ severity: "critical", env: "prod" })).toEqual(["pager"]);
    expect(receivers({ severity: "critical" }, { source: "aws.health" })).toEqual(["health", "pager"]);
    expect(receivers({}, { source: "aws.health" })).toEqual(["health"]);
    expect(receivers({}, undefined)).toEqual(["team"]);
  });

  it("hands down what a route does not say, but not when it is quiet", () => {
    const [{ options, id }] = matchRoutes(root, { labels: { severity: "critical", env: "dev" } });
    expect(options).toMatchObject({ receiver: "pager", groupWaitMs: 10_000, unknown: "breaching", groupByAll: true });
    expect(options.muteTimeIntervals).toEqual([]);
    expect(options.flapping).toEqual({ changes: 5, withinMs: 1_800_000 });
    expect(id).toBe('{}/{severity="critical"}/1/{env!="prod"}/0');
    expect(root.routes[0].options.flapping).toBeUndefined();
  });
});

describe("groupOf", () => {
  it("is made of the labels that are there, in one order", () => {
    expect(groupOf(root, { account: "1", region: "x" }).labels).toEqual({ account: "1" });
    expect(groupOf(root, { region: "x", account: "" }).key).toBe("{}:{}");
    const all = root.routes[1].routes[0];
    expect(groupOf(all, { b: "2", a: 'x"' })).toEqual(groupOf(all, { a: 'x"', b: "2" }));
    expect(groupOf(all, { a: "1" }).key).not.toBe(groupOf(all, { a: "2" }).key);
  });
});
