import type { CorrectionRun } from "@belfry/core/config/oncall/corrections";
import { isOwnEvent } from "@belfry/core/remediation/own-event";
import { plannedRun, resourceOf } from "@belfry/core/remediation/plan";
import { correctionRequests } from "@belfry/core/remediation/request";
import { describe, expect, it } from "vitest";
import { INSTANCE, openedOf, ruleOf } from "../../../support/corrections.ts";
import { alertOf, NOW_MS } from "../../../support/notifications.ts";

const MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:fix";
const labels = { instance: INSTANCE, region: "eu-west-1", account: "111122223333", team: "a b" };
const automation: CorrectionRun = {
  type: "ssm-automation",
  document: "Fix",
  parameters: { Id: ["{instance}", "{region}/{instance}"], Note: ["{team}"] },
};

describe("what is run", () => {
  it("has labels' values in their places, and nothing but values", () => {
    const run = { ...automation, parameters: { Id: ["{instance}", "{region}/{instance}"] }, documentVersion: "3" };
    expect(plannedRun(run, labels)).toEqual({
      type: "ssm-automation",
      document: "Fix",
      documentVersion: "3",
      parameters: { Id: [INSTANCE, `eu-west-1/${INSTANCE}`] },
      region: "eu-west-1",
    });
  });

  it("restarts an instance as a role", () => {
    const role = "arn:aws:iam::111122223333:role/restart";
    expect(plannedRun({ type: "ec2-recover", instanceLabel: "instance", role }, labels)).toEqual({
      type: "ssm-automation",
      document: "AWS-RestartEC2Instance",
      parameters: { InstanceId: [INSTANCE], AutomationAssumeRole: [role] },
      region: "eu-west-1",
    });
  });

  it("gives a state machine JSON, whatever a label holds", () => {
    const input = { text: "{team}", list: ["{instance}", 1] };
    const run = { type: "step-functions", stateMachineArn: MACHINE, input } as const;
    const hostile = { ...labels, team: '","list":["{instance}' };
    expect(plannedRun(run, hostile)).toEqual({
      type: "step-functions",
      stateMachineArn: MACHINE,
      input: JSON.stringify({ text: '","list":["{instance}', list: [INSTANCE, 1] }),
    });
  });

  it.each(["x; rm -rf /", "$(id)", "`id`", "{{ssm:secret}}", "-rf", "a b", "a\nb", "a|b", "", "ä"])(
    "is refused for a label with %j",
    (team) => {
      expect(() => plannedRun(automation, { ...labels, team })).toThrow(/the label team holds|has no label team/);
    },
  );

  it("is refused for what is no instance, and without its labels", () => {
    const run = { type: "ec2-recover", instanceLabel: "instance" } as const;
    expect(() => plannedRun(run, { ...labels, instance: "web-1" })).toThrow("the label instance holds what may not");
    expect(() => plannedRun(run, { instance: INSTANCE })).toThrow("the alert has no label region");
    expect(() => plannedRun(run, Object.create({ instance: INSTANCE }))).toThrow("the alert has no label instance");
  });
});

describe("the resource", () => {
  it("is named by account, region and the values of the labels that are read", () => {
    expect(resourceOf(ruleOf(), labels)).toBe(`111122223333 eu-west-1 ${INSTANCE}`);
    expect(resourceOf(ruleOf({ resource: ["team"] }), labels)).toBe("111122223333 eu-west-1 a b");
  });
});

describe("requests", () => {
  const rules = { restart: ruleOf() };

  it("are made for each alert that a rule matches, the same again for the same statement", () => {
    const opened = openedOf("g#1", ["i-00000001", "i-00000002"]);
    const { writes, dues } = correctionRequests(rules, opened, NOW_MS);
    expect(writes).toHaveLength(2);
    expect(dues).toMatchObject([
      { kind: "correction", at: NOW_MS },
      { kind: "correction", at: NOW_MS },
    ]);
    expect(correctionRequests(rules, opened, NOW_MS).dues).toEqual(dues);
    expect(correctionRequests(rules, { ...opened, id: "g#2" }, NOW_MS).dues[0]?.key).not.toBe(dues[0]?.key);
    expect(correctionRequests({ other: ruleOf({ matchers: ['alertname="up"'] }) }, opened, NOW_MS).writes).toEqual([]);
  });

  it("are not made for replayed alerts, and only for some of a thousand", () => {
    const opened = openedOf();
    const replayed = opened.alerts.map((alert) => ({ ...alert, replayed: true }));
    expect(correctionRequests(rules, { ...opened, alerts: replayed }, NOW_MS).writes).toEqual([]);
    const many = Array.from({ length: 1000 }, (_, at) => `i-${String(at).padStart(8, "0")}`);
    expect(correctionRequests(rules, openedOf("g", many), NOW_MS).writes).toHaveLength(20);
  });
});

describe("what corrective actions themselves bring about", () => {
  const fix = ruleOf({ run: { type: "step-functions", stateMachineArn: MACHINE } });
  const restart = ruleOf({ run: { type: "ec2-recover", role: "arn:aws:iam::111122223333:role/x/restarter" } });
  const rules = { fix, restart };
  const session = (role: string, name: string) => `arn:aws:sts::111122223333:assumed-role/${role}/${name}`;

  it.each([
    ["Belfry's own events", { source: "belfry.canaries" }],
    ["a failed execution of its state machine", { source: "aws.states", resource: MACHINE, state: "FAILED" }],
    ["calls by its function", { source: "aws.ec2", principal: session("belfry-prod-alert-correct-1", "f") }],
    ["calls by an automation in its role", { source: "aws.ec2", principal: session("restarter", "Automation_1") }],
  ])("is known: %s", (_, own) => {
    expect(isOwnEvent(alertOf({ labels: own }), rules)).toBe(true);
  });

  it("is known: the status of an automation of its document", () => {
    const description = "Definition: AWS-RestartEC2Instance\nStatus: Failed";
    expect(isOwnEvent(alertOf({ labels: { source: "aws.ssm" }, description }), rules)).toBe(true);
    expect(isOwnEvent(alertOf({ labels: { source: "aws.ssm" }, description }), { fix })).toBe(false);
  });

  it.each([
    ["another state machine's", { source: "aws.states", resource: `${MACHINE}-2`.replace("fix", "else") }],
    ["somebody's call", { source: "aws.ec2", principal: session("restarter", "ada") }],
    ["an alarm", { source: "aws.cloudwatch" }],
  ])("is not: %s", (_, other) => {
    expect(isOwnEvent(alertOf({ labels: other }), rules)).toBe(false);
  });
});
