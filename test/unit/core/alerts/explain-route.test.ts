import { explainRoutes, type RouteVisit } from "@belfry/core/alerts/explain-route";
import { heldBack } from "@belfry/core/alerts/held-back";
import { compileRoutes } from "@belfry/core/alerts/route";
import { OnCall, type OnCallInput } from "@belfry/core/config/oncall/schema";
import { describe, expect, it } from "vitest";
import { alertAt } from "../../../support/group-run.ts";

const route: OnCallInput["route"] = {
  receiver: "team",
  routes: [
    { matchers: ['severity="critical"', "team!=ops"] },
    {
      matchers: ['env=~"prod.*"'],
      continue: true,
      routes: [{ pattern: { source: ["aws.health"], detail: { service: ["RDS"], region: ["x"] } } }],
    },
    { matchers: ["env=prod-1"] },
    { matchers: ["env=prod-1"] },
  ],
};
const config = OnCall.parse({ route, receivers: { team: {} } });
const event = { source: "aws.health", detail: { service: "EC2" } };

function lines({ place, failed, isTaken, routes }: RouteVisit): string[] {
  return [`${place} ${failed.join("; ") || (isTaken ? "taken" : "matches")}`, ...routes.flatMap(lines)];
}

describe("the way through the routes", () => {
  it("says which conditions fail and what there is instead, and tries none behind the one that is taken", () => {
    const visit = explainRoutes(config.route, compileRoutes(config.route), {
      labels: { env: "prod-1", team: "ops" },
      event,
    });
    expect(lines(visit)).toEqual([
      "route matches",
      'route.routes[0] severity="critical": there is no such label; team!="ops": it is "ops"',
      "route.routes[1] taken",
      `route.routes[1].routes[0] the pattern's detail.service: the event has "EC2"; the pattern's detail.region: the event has none`,
      "route.routes[2] taken",
    ]);
  });

  it("writes the conditions of each route", () => {
    const visit = explainRoutes(config.route, compileRoutes(config.route), { labels: {}, event });
    expect(visit).toMatchObject({ conditions: "takes everything", isTaken: true });
    expect(visit.routes.map(({ conditions }) => conditions)[0]).toBe('{severity="critical",team!="ops"}');
  });
});

describe("what holds an alert back", () => {
  const { options } = compileRoutes({ ...config.route, muteTimeIntervals: ["nights"] });
  const inhibitRules = [{ sourceMatchers: ["a=b"], targetMatchers: ["alarmname=a"], equal: ["account"] }];
  const timeIntervals = { nights: [{ times: [{ start: "00:00", end: "06:00" }] }] };
  const rules = OnCall.parse({ ...config, inhibitRules, timeIntervals });

  it("is the time, its source, and rules that may", () => {
    const alert = alertAt(0, { suppression: { by: "mute-rule", reason: "arn:rule" }, replayed: true });
    expect(heldBack(alert, options, rules, 0)).toEqual([
      "replayed: it brings the state up to date, and nobody is told",
      "its source holds it back: arn:rule",
      "the time interval nights now",
      'an alert with {a="b"} and the same account, while it fires',
    ]);
    expect(heldBack(alertAt(0), options, config, 0)).toEqual([]);
  });

  it("is a status that begins nothing", () => {
    expect(heldBack(alertAt(0, { status: "unknown" }), options, config, 0)).toEqual([
      "its source cannot tell, which changes nothing on this route",
    ]);
    expect(heldBack(alertAt(0, { status: "resolved" }), options, config, 0)).toHaveLength(1);
  });
});
