import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { OpenedIncident } from "@belfry/core/event/opened-incident";
import { plannedRun } from "@belfry/core/remediation/plan";
import { correctionRequests } from "@belfry/core/remediation/request";
import { findConfig } from "@belfry/local/runtime/load-config";
import { expect, it } from "vitest";
import { alertOf, eventOf } from "../../support/alert-events.ts";
import { openedOf } from "../../support/corrections.ts";

const INSTANCE = "i-0abcdef1234567890";
const { config } = await findConfig("examples/corrective-action/belfry.config.ts");
const rules = config.oncall.corrections;

const statusCheck = eventOf(
  "aws.cloudwatch",
  "CloudWatch Alarm State Change",
  {
    alarmName: "web-1-system-check",
    alarmTags: { env: "test" },
    state: { value: "ALARM", timestamp: "2026-11-22T10:00:00.000+0000" },
    configuration: {
      metrics: [
        {
          metricStat: {
            metric: { namespace: "AWS/EC2", name: "StatusCheckFailed_System", dimensions: { InstanceId: INSTANCE } },
          },
        },
      ],
    },
  },
  { resources: ["arn:aws:cloudwatch:eu-west-1:111122223333:alarm:web-1-system-check"] },
);

const healthLabels = {
  source: "aws.health",
  event_type_code: "AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED",
  event_arn: "arn:aws:health:eu-west-1::event/EC2/X/1",
  account: "111122223333",
  region: "eu-west-1",
  instance: INSTANCE,
};

/** The rules that are asked for, and with which labels. */
function asked(labels: Readonly<Record<string, string>>): Map<string, Readonly<Record<string, string>>> {
  const [alert] = openedOf().alerts;
  const opened = { ...openedOf(), alerts: [{ ...alert, labels }] } as OpenedIncident;
  const { writes } = correctionRequests(rules, opened, 0);
  const requests = writes.map((write) => ("put" in write ? write.put.request : undefined)) as never[];
  return new Map(requests.map(({ rule, labels: read }) => [rule, read]));
}

it("restarts the instance of a failed system check, where the alarm says that it may", () => {
  const { labels } = alertOf(statusCheck);
  const requests = asked(labels);
  expect([...requests.keys()]).toEqual(["restart-instance"]);
  expect(plannedRun(rules["restart-instance"].run, requests.get("restart-instance") ?? {})).toMatchObject({
    document: "AWS-RestartEC2Instance",
    parameters: { InstanceId: [INSTANCE] },
  });
  expect(asked({ ...labels, tag_env: "prod" }).size).toBe(0);
});

it("starts the state machine for a drive that is slow, of one instance", () => {
  const requests = asked(healthLabels);
  expect([...requests.keys()]).toEqual(["replace-host"]);
  const plan = plannedRun(rules["replace-host"].run, requests.get("replace-host") ?? {});
  expect(plan).toMatchObject({ type: "step-functions" });
  expect(JSON.parse("input" in plan ? plan.input : "")).toMatchObject({ instance: INSTANCE, account: "111122223333" });
  expect(asked({ ...healthLabels, instance: "" }).size).toBe(0);
});

it("is off until somebody says otherwise", () => {
  expect(rules["restart-instance"]).toMatchObject({ dryRun: false, approval: true });
  expect(rules["replace-host"]).toMatchObject({ dryRun: true, approval: true });
});

it("has its rules in the page that explains them", () => {
  const page = readFileSync(resolve("docs/corrective-action.md"), "utf8");
  const example = readFileSync(resolve("examples/corrective-action/belfry.config.ts"), "utf8");
  const blocks = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, block]) => (block ?? "").replaceAll(/\s+/g, ""));
  expect(blocks).toHaveLength(2);
  for (const block of blocks) expect(example.replaceAll(/\s+/g, "")).toContain(block);
});
