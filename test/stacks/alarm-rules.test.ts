import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { MINIMAL, ORGANIZATION, synthesize } from "./support/synth.ts";

type Properties = Record<string, unknown>;

const agent = {
  enabled: true,
  windows: true,
  ec2Actions: [{ instanceId: "i-0123456789abcdef0", recover: true, reboot: true, terminate: true }],
  autoScaling: [
    {
      type: "step" as const,
      groupName: "web",
      metric: "memory" as const,
      when: "above" as const,
      threshold: 70,
      steps: [{ from: 0, change: 1 }],
    },
  ],
};

const CONFIGS: readonly (readonly [string, ConfigInput])[] = [
  ["one account", { deploy: { ...MINIMAL.deploy, agent } }],
  ["an organization", { deploy: { ...ORGANIZATION.deploy, agent } }],
];

// Whatever stack makes an alarm: CloudWatch's own rules, and Belfry's.
describe.each(CONFIGS)("every alarm of %s", (_name, config) => {
  const { templates } = synthesize(config);
  const of = (type: string) =>
    [...templates.values()].flatMap((template) =>
      Object.values(template.findResources(type)).map(({ Properties }) => Properties as Properties),
    );
  const alarms = of("AWS::CloudWatch::Alarm");
  const composites = of("AWS::CloudWatch::CompositeAlarm");
  const actionsOf = ({ AlarmActions, OKActions, InsufficientDataActions }: Properties) =>
    [AlarmActions, OKActions, InsufficientDataActions].flatMap((actions) => (actions ?? []) as unknown[]);

  it("acts on an instance by one metric of its own alone, and no composite does", () => {
    const acting = alarms.filter((alarm) => JSON.stringify(actionsOf(alarm)).includes(":automate:"));
    expect(acting).toHaveLength(3);
    for (const { Namespace, MetricName, Dimensions, Metrics, TreatMissingData } of acting) {
      expect([Namespace, Metrics, TreatMissingData]).toEqual(["AWS/EC2", undefined, "missing"]);
      expect(MetricName).toMatch(/^StatusCheckFailed/);
      expect(Dimensions).toEqual([{ Name: "InstanceId", Value: "i-0123456789abcdef0" }]);
    }
    for (const composite of composites) expect(JSON.stringify(actionsOf(composite))).not.toContain(":automate:");
  });

  it("scales by no composite and by no anomaly", () => {
    const scaling = alarms.filter((alarm) => JSON.stringify(actionsOf(alarm)).includes('"Ref":"Scaling'));
    expect(scaling).toHaveLength(1);
    for (const alarm of scaling) expect(alarm).not.toHaveProperty("ThresholdMetricId");
    for (const composite of composites) expect(JSON.stringify(actionsOf(composite))).not.toContain("Scaling");
  });

  it("says what missing data means, has a name of its own in its stack's region, and acts or has a composite that speaks for it", () => {
    const rules = composites.map(({ AlarmRule }) => AlarmRule as string).join();
    for (const alarm of alarms) {
      expect(alarm.TreatMissingData).toMatch(/^(breaching|notBreaching|ignore|missing)$/);
      expect(alarm.AlarmDescription).toMatch(/\.$/);
      expect((alarm.AlarmName as string).length).toBeLessThanOrEqual(255);
      expect(actionsOf(alarm).length > 0 || rules.includes(`"${alarm.AlarmName}"`)).toBe(true);
      expect(Number(alarm.DatapointsToAlarm)).toBeLessThanOrEqual(Number(alarm.EvaluationPeriods));
    }
  });

  it("is there when a composite names it", () => {
    const names = new Set(alarms.map(({ AlarmName }) => AlarmName as string));
    for (const { AlarmRule } of composites) {
      for (const [, name] of (AlarmRule as string).matchAll(/ALARM\("([^"]+)"\)/g)) expect(names).toContain(name);
    }
  });
});
