import { Match, type Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { agentConfiguration } from "../../packages/core/src/agent/agent-config.ts";
import { publishedDimensions } from "../../packages/core/src/agent/published-dimensions.ts";
import { Agent } from "../../packages/core/src/config/deploy/agent.ts";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { LinuxAgent, WindowsAgent } from "../support/agent-schema.ts";
import { MINIMAL, synthesize } from "./support/synth.ts";

const INSTANCE = "i-0123456789abcdef0";
const input = {
  enabled: true,
  windows: true,
  logs: [{ path: "/var/log/messages", logGroup: "/hosts/messages", retentionDays: 30 as const }],
  ec2Actions: [{ instanceId: INSTANCE, recover: true, reboot: true, stop: true }],
  autoScaling: [
    { type: "targetTracking" as const, groupName: "web", metric: "memory" as const, target: 60 },
    { type: "targetTracking" as const, groupName: "web", metric: "cpu" as const, target: 50, scaleIn: false },
    {
      type: "step" as const,
      groupName: "batch",
      metric: "cpu" as const,
      when: "below" as const,
      threshold: 20,
      steps: [
        { from: 0, change: -1 },
        { from: 10, change: -3 },
      ],
    },
  ],
};
const config: ConfigInput = { deploy: { ...MINIMAL.deploy, agent: input } };
const synthesized = synthesize(config);
const template = synthesized.template("Agent");

type Properties = Record<string, unknown>;

function propertiesOf(from: Template, type: string): Properties[] {
  return Object.values(from.findResources(type)).map((resource) => resource.Properties as Properties);
}

const alarms = propertiesOf(template, "AWS::CloudWatch::Alarm");

describe("the agent's configuration in the Parameter Store", () => {
  it("is where AWS's policy lets agents read, valid and below 4 KB", () => {
    const parameters = propertiesOf(template, "AWS::SSM::Parameter");
    expect(parameters.map(({ Name }) => Name).sort()).toEqual([
      "AmazonCloudWatch-belfry-test-linux",
      "AmazonCloudWatch-belfry-test-windows",
    ]);
    for (const { Name, Value, Tier } of parameters) {
      expect(Buffer.byteLength(Value as string)).toBeLessThan(4096);
      expect(Tier).toBe("Standard");
      const schema = (Name as string).endsWith("linux") ? LinuxAgent : WindowsAgent;
      schema.parse(JSON.parse(Value as string));
    }
  });

  it("is refused when it is too long", () => {
    const logs = Array.from({ length: 60 }, (_, i) => ({ path: `/var/log/service-${i}.log`, logGroup: `/hosts/${i}` }));
    expect(() => synthesize({ deploy: { agent: { enabled: true, logs } } })).toThrow("but a parameter takes 4096");
  });
});

describe("the agent's installation", () => {
  it("installs first and configures then, in one document, by AWS's documents without a version", () => {
    for (const { Content } of propertiesOf(template, "AWS::SSM::Document")) {
      const { mainSteps } = Content as { mainSteps: { action: string; inputs: { documentPath: string } }[] };
      expect(mainSteps.map(({ action, inputs }) => [action, inputs.documentPath])).toEqual([
        ["aws:runDocument", "AWS-ConfigureAWSPackage"],
        ["aws:runDocument", "AmazonCloudWatch-ManageAgent"],
      ]);
      expect(JSON.stringify(Content)).not.toMatch(/documentVersion/i);
    }
    template.hasResourceProperties("AWS::SSM::Document", {
      Content: {
        mainSteps: Match.arrayWith([
          Match.objectLike({
            inputs: Match.objectLike({
              documentParameters: Match.objectLike({
                optionalConfigurationSource: "ssm",
                optionalConfigurationLocation: "AmazonCloudWatch-belfry-test-linux",
              }),
            }),
          }),
        ]),
      },
    });
  });

  it("is associated by tag, carefully, again and again, and shown in Compliance", () => {
    for (const association of propertiesOf(template, "AWS::SSM::Association")) {
      expect(association).toMatchObject({
        Targets: [{ Key: "tag:belfry:agent", Values: ["true"] }],
        ScheduleExpression: "rate(1 day)",
        MaxConcurrency: "10%",
        MaxErrors: "5%",
        ComplianceSeverity: "MEDIUM",
        SyncCompliance: "AUTO",
      });
      expect(association).not.toHaveProperty("DocumentVersion");
      expect(association).not.toHaveProperty("InstanceId");
    }
    template.resourceCountIs("AWS::SSM::Association", 2);
  });
});

describe("alarms on instances", () => {
  it("act on failed status checks, in their own region and partition", () => {
    template.hasResourceProperties("AWS::CloudWatch::Alarm", {
      AlarmName: `belfry-test-ec2-${INSTANCE}-recover`,
      Namespace: "AWS/EC2",
      MetricName: "StatusCheckFailed_System",
      Dimensions: [{ Name: "InstanceId", Value: INSTANCE }],
      TreatMissingData: "missing",
      AlarmActions: Match.arrayWith([
        { "Fn::Join": ["", ["arn:", { Ref: "AWS::Partition" }, ":automate:eu-west-1:ec2:recover"]] },
      ]),
    });
    const acting = alarms.filter((alarm) => JSON.stringify(alarm).includes(":automate:"));
    expect(acting).toHaveLength(3);
    for (const alarm of acting) {
      expect(alarm).not.toHaveProperty("Metrics");
      expect(alarm.Dimensions).toEqual([{ Name: "InstanceId", Value: INSTANCE }]);
    }
  });

  it("read the agent's metrics by dimensions that it publishes", () => {
    const agent = Agent.parse(input);
    const known = (["linux", "windows"] as const).flatMap((platform) =>
      publishedDimensions(agentConfiguration(agent, platform), platform).map(
        ({ name, dimensions }) => `${name}|${dimensions.join()}`,
      ),
    );
    const direct = alarms
      .filter(({ Namespace }) => Namespace === "CWAgent")
      .map((alarm) => {
        const dimensions = (alarm.Dimensions as { Name: string }[]).map(({ Name }) => Name);
        return `${alarm.MetricName}|${dimensions.sort().join()}`;
      });
    const queried = alarms
      .flatMap((alarm) => (alarm.Metrics as { Expression?: string }[] | undefined) ?? [])
      .map(({ Expression = "" }) => {
        const [, name, names = ""] = /\("(.+?)"\) FROM SCHEMA\("CWAgent", (.+?)\)/.exec(Expression) ?? [];
        return `${name}|${names.split(", ").sort().join()}`;
      });
    expect(direct.length).toBe(1);
    expect(queried.length).toBe(4);
    for (const read of [...direct, ...queried]) expect(known).toContain(read);
  });
});

describe("Auto Scaling", () => {
  it("tracks a target by a metric of its own or by memory of the group", () => {
    template.hasResourceProperties("AWS::AutoScaling::ScalingPolicy", {
      PolicyType: "TargetTrackingScaling",
      TargetTrackingConfiguration: {
        TargetValue: 60,
        CustomizedMetricSpecification: {
          MetricName: "mem_used_percent",
          Namespace: "CWAgent",
          Dimensions: [{ Name: "AutoScalingGroupName", Value: "web" }],
          Statistic: "Average",
        },
      },
    });
    template.hasResourceProperties("AWS::AutoScaling::ScalingPolicy", {
      TargetTrackingConfiguration: {
        PredefinedMetricSpecification: { PredefinedMetricType: "ASGAverageCPUUtilization" },
        DisableScaleIn: true,
      },
    });
  });

  it("takes steps by an alarm that runs the policy and tells nobody", () => {
    const policies = template.findResources("AWS::AutoScaling::ScalingPolicy", {
      Properties: { PolicyType: "StepScaling" },
    });
    const [id] = Object.keys(policies);
    expect(Object.values(policies)[0]).toMatchObject({
      Properties: {
        StepAdjustments: [
          { MetricIntervalLowerBound: -10, MetricIntervalUpperBound: 0, ScalingAdjustment: -1 },
          { MetricIntervalUpperBound: -10, ScalingAdjustment: -3 },
        ],
      },
    });
    template.hasResourceProperties("AWS::CloudWatch::Alarm", {
      AlarmName: "belfry-test-scaling-batch-2",
      ComparisonOperator: "LessThanThreshold",
      AlarmActions: [{ Ref: id }],
      OKActions: [],
    });
  });
});

describe("hosts", () => {
  it("have a dashboard", () => {
    synthesized.template("Observe").hasResourceProperties("AWS::CloudWatch::Dashboard", {
      DashboardName: "belfry-test-hosts",
    });
  });

  it("are no part of a deployment that names none", () => {
    expect(synthesize(MINIMAL).stacks.has("Agent")).toBe(false);
  });
});
