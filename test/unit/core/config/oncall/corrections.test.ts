import { Corrections } from "@belfry/core/config/oncall/corrections";
import { OnCall } from "@belfry/core/config/oncall/schema";
import { describe, expect, it } from "vitest";

const MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:replace";
const matchers = ['alertname="down"'];

function problems(rule: object): string[] {
  const parsed = Corrections.safeParse({ restart: { matchers, run: { type: "ec2-recover" }, ...rule } });
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.slice(1).join(".")}: ${message}`);
}

describe("a rule for corrective actions", () => {
  it("does nothing by default but to say what it would do, and brakes", () => {
    expect(OnCall.parse({ corrections: { restart: { matchers, run: { type: "ec2-recover" } } } }).corrections).toEqual({
      restart: {
        matchers,
        run: { type: "ec2-recover", instanceLabel: "instance" },
        dryRun: true,
        approval: true,
        approvalExpires: "1h",
        cooldown: "1h",
        maxPerHour: 3,
      },
    });
    expect(OnCall.parse({}).corrections).toEqual({});
  });

  it("takes labels as values of parameters and of a state machine's input", () => {
    const parameters = { InstanceId: ["{instance}"], Where: ["in {region}"] };
    expect(problems({ run: { type: "ssm-automation", document: "AWS-RestartEC2Instance", parameters } })).toEqual([]);
    const input = { volume: { id: "{resource}", tries: 3 }, all: ["{account}", true, null] };
    expect(problems({ run: { type: "step-functions", stateMachineArn: MACHINE, input } })).toEqual([]);
  });

  it.each([
    ["matches everything", { matchers: [] }, "matchers: Too small: expected array to have >=1 items"],
    [
      "takes the document from an alert",
      { run: { type: "ssm-automation", document: "{document}" } },
      "run.document: expected the name of an Automation document of this account or AWS's, without placeholders",
    ],
    [
      "takes the state machine from an alert",
      { run: { type: "step-functions", stateMachineArn: `${MACHINE}-{label}` } },
      "run.stateMachineArn: expected the ARN of a standard state machine, without version or alias",
    ],
    [
      "runs a label as code",
      { run: { type: "ssm-automation", document: "Fix", parameters: { commands: ["systemctl restart {service}"] } } },
      "run.parameters.commands: a label in commands would be run as code: whoever names a resource could write it; give the label to a parameter of its own",
    ],
    [
      "names the role twice",
      { run: { type: "ssm-automation", document: "Fix", parameters: { AutomationAssumeRole: ["arn"] } } },
      "run.parameters.AutomationAssumeRole: give the role as `role`",
    ],
    [
      "gives a state machine what is no JSON",
      { run: { type: "step-functions", stateMachineArn: MACHINE, input: { now: new Date(0) } } },
      "run.input: expected what JSON can hold",
    ],
    ["has no cap", { maxPerHour: 0 }, "maxPerHour: Too small: expected number to be >=1"],
    ["cools down for months", { cooldown: "30d" }, "cooldown: at most 7d"],
    ["waits for days", { approvalExpires: "2d" }, "approvalExpires: at most 1d"],
  ])("is refused when it %s", (_, rule, problem) => {
    expect(problems(rule)).toEqual([problem]);
  });
});
