import { describe, expect, it } from "vitest";
import { alertOf, eventOf } from "../../../../support/alert-events.ts";

const HERE = "111122223333#eu-west-1";

describe("Synthetics", () => {
  const run = (status: string, completed: number): object =>
    eventOf("aws.synthetics", `Synthetics Canary TestRun ${status === "PASSED" ? "Successful" : "Failure"}`, {
      "account-id": "111122223333",
      "canary-id": "c-1",
      "canary-name": "login",
      "canary-run-id": `run-${completed}`,
      "artifact-location": "results/canary/login/1",
      "test-run-status": status,
      "state-reason": status === "PASSED" ? "null" : '"Error: no answer "',
      "canary-run-timeline": { started: completed - 5, completed },
    });

  it("fires for a run that fails and resolves by the next that passes", () => {
    const failed = alertOf(run("FAILED", 1795168800));
    const passed = alertOf(run("PASSED", 1795168860));
    expect(failed).toMatchObject({
      status: "firing",
      severity: "error",
      title: "Canary login: run failed",
      description: "Error: no answer",
    });
    expect(passed).toMatchObject({ status: "resolved", key: failed.key, description: "" });
    expect(passed.version - failed.version).toBe(60_000);
    expect(failed.links.map(({ title }) => title)).toEqual(["Canary", "Screenshots and logs"]);
  });

  it.each([
    ["ERROR", "firing"],
    ["RUNNING", "resolved"],
    ["STOPPED", "unknown"],
  ])("reads a canary that is %s", (state, status) => {
    const detail = { "canary-id": "c-1", "canary-name": "login", "current-state": state, "updated-on": 1795168800.767 };
    const alert = alertOf(eventOf("aws.synthetics", "Synthetics Canary Status Change", detail));
    expect(alert).toMatchObject({ status, version: 1795168800767, key: "aws.synthetics#c-1" });
  });
});

describe("Trusted Advisor", () => {
  const check = (status: string, detail: object = {}): object =>
    eventOf(
      "aws.trustedadvisor",
      "Trusted Advisor Check Item Refresh Notification",
      {
        "check-name": "Idle Load Balancers",
        "check-item-detail": { Region: "eu-central-1", Reason: "No back-ends", "Instance Name": null },
        status,
        resource_id: "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/a",
        uuid: "u-1",
        ...detail,
      },
      { region: "us-east-1" },
    );

  it.each([
    ["OK", "resolved", "info"],
    ["WARN", "firing", "warning"],
    ["ERROR", "firing", "error"],
  ])("reads a check that is %s", (said, status, severity) => {
    expect(alertOf(check(said))).toMatchObject({ status, severity });
  });

  it("is of account, check and resource, in the resource's region", () => {
    const resource = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/a";
    expect(alertOf(check("WARN"))).toMatchObject({
      key: `aws.trustedadvisor#111122223333#Idle Load Balancers#${resource}`,
      description: `${resource}\nRegion: eu-central-1\nReason: No back-ends`,
      labels: { service: "elasticloadbalancing", region: "eu-central-1" },
    });
  });

  it("tells items without a resource apart", () => {
    expect(alertOf(check("ERROR", { resource_id: "" })).key).toMatch(/#u-1$/);
  });
});

describe("CodeBuild", () => {
  const build = (detail: object, type = "State"): object =>
    eventOf("aws.codebuild", `CodeBuild Build ${type} Change`, {
      "project-name": "shop",
      "build-id": "arn:aws:codebuild:eu-west-1:111122223333:build/shop:9",
      ...detail,
    });
  const from = (version: string): object => ({
    "additional-information": {
      "source-version": version,
      logs: { "deep-link": "https://logs.example.com/9" },
      phases: [{ "phase-type": "BUILD", "phase-status": "FAILED", "phase-context": ["exit status 1"] }],
    },
  });

  it("resolves a branch's failure by the branch's next success", () => {
    const failed = alertOf(
      build({ "build-status": "FAILED", ...from("refs/heads/main^{0123456789abcdef0123456789abcdef01234567}") }),
    );
    const passed = alertOf(build({ "build-status": "SUCCEEDED", ...from("refs/heads/main") }));
    expect(failed).toMatchObject({
      key: `aws.codebuild#${HERE}#shop#refs/heads/main`,
      status: "firing",
      severity: "error",
      title: "CodeBuild shop: build failed",
      description: "BUILD: FAILED exit status 1\nSource: refs/heads/main",
    });
    expect(passed).toMatchObject({ key: failed.key, status: "resolved" });
    expect(failed.links[0]).toEqual({ title: "Build logs", url: "https://logs.example.com/9" });
  });

  it("does not take a commit for a branch", () => {
    expect(alertOf(build({ "build-status": "FAILED", ...from("0123456789abcdef0123456789abcdef01234567") })).key).toBe(
      `aws.codebuild#${HERE}#shop`,
    );
  });

  it("knows nothing of a build that runs, or of a phase", () => {
    expect(alertOf(build({ "build-status": "IN_PROGRESS" })).status).toBe("unknown");
    expect(alertOf(build({ "completed-phase": "BUILD", "completed-phase-status": "FAILED" }, "Phase")).status).toBe(
      "unknown",
    );
  });
});

it.each([
  ["running", "resolved"],
  ["pending", "unknown"],
  ["stopped", "firing"],
  ["terminated", "firing"],
])("reads an instance that is %s", (state, status) => {
  const alert = alertOf(eventOf("aws.ec2", "EC2 Instance State-change Notification", { "instance-id": "i-1", state }));
  expect(alert).toMatchObject({ status, key: `aws.ec2#${HERE}#i-1`, labels: { instance: "i-1", state } });
});

it("tells an object's events apart by their sequencers", () => {
  const put = (sequencer: string): object =>
    eventOf("aws.s3", "Object Created", {
      bucket: { name: "b" },
      object: { key: "a/k", sequencer },
      reason: "PutObject",
    });
  expect(alertOf(put("64a")).key).toBe("s3://b/a/k");
  expect(alertOf(put("64a")).deliveryId).toBe(alertOf(put("064A")).deliveryId);
  expect(alertOf(put("64b")).deliveryId).not.toBe(alertOf(put("64a")).deliveryId);
});

it.each([
  ["EC2 Instance Launch Unsuccessful", "firing", "launch"],
  ["EC2 Instance Launch Successful", "resolved", "launch"],
  ["EC2 Instance Terminate Unsuccessful", "firing", "terminate"],
  ["EC2 Instance-launch Lifecycle Action", "unknown", "launch"],
])("reads %s of Auto Scaling", (type, status, kind) => {
  const alert = alertOf(
    eventOf("aws.autoscaling", type, { AutoScalingGroupName: "web", StatusMessage: "No capacity" }),
  );
  expect(alert).toMatchObject({ status, key: `aws.autoscaling#${HERE}#web#${kind}`, description: "No capacity" });
});

describe("CloudTrail", () => {
  const call = (detail: object, type = "AWS API Call via CloudTrail"): object =>
    eventOf("aws.iam", type, {
      eventID: "e-1",
      eventName: "CreateUser",
      eventSource: "iam.amazonaws.com",
      eventTime: "2026-11-22T09:59:00Z",
      awsRegion: "us-east-1",
      userIdentity: { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/ada" },
      ...detail,
    });

  it("is a moment of account, call and principal", () => {
    expect(alertOf(call({}))).toMatchObject({
      key: "cloudtrail#111122223333#iam#CreateUser#arn:aws:iam::111122223333:user/ada",
      deliveryId: "cloudtrail#e-1",
      version: Date.UTC(2026, 10, 22, 9, 59),
      severity: "info",
      title: "ada called CreateUser of iam",
      labels: { region: "us-east-1", service: "iam" },
      expiresAfterMs: 3_600_000,
    });
  });

  it.each([
    [{ errorCode: "AccessDenied" }, "warning"],
    [{ responseElements: { ConsoleLogin: "Failure" } }, "warning"],
    [{ responseElements: { ConsoleLogin: "Success" } }, "info"],
    [{ userIdentity: { type: "Root", arn: "arn:aws:iam::1:root" } }, "error"],
  ])("with %j is %s", (detail, severity) => {
    expect(alertOf(call(detail, "AWS Console Sign In via CloudTrail")).severity).toBe(severity);
  });
});

it("makes a reminder of a schedule", () => {
  const arn = "arn:aws:events:eu-west-1:111122223333:rule/monday";
  const alert = alertOf(eventOf("aws.events", "Scheduled Event", {}, { resources: [arn] }));
  expect(alert).toMatchObject({ key: arn, severity: "info", title: "Schedule monday is due" });
});

describe("Health, an event by itself", () => {
  const detail = {
    eventArn: "arn:aws:health:eu-west-1::event/RDS/X/X_1",
    eventTypeCode: "AWS_RDS_OPERATIONAL_ISSUE",
    eventTypeCategory: "issue",
    service: "RDS",
    affectedAccount: "444455556666",
    communicationId: "c-2",
    page: "2",
    totalPages: "2",
    lastUpdatedTime: "Sun, 22 Nov 2026 09:00:00 GMT",
  };

  it("is of the event and the account", () => {
    expect(alertOf(eventOf("aws.health", "AWS Health Event", detail))).toMatchObject({
      key: `${detail.eventArn}#444455556666`,
      deliveryId: `${detail.eventArn}#444455556666#c-2`,
      version: Date.UTC(2026, 10, 22, 9),
      labels: { account: "444455556666", source: "aws.health" },
    });
  });

  it("is of the event alone when all accounts have it", () => {
    const shared = { ...detail, eventScopeCode: "PUBLIC" };
    expect(alertOf(eventOf("aws.health", "AWS Health Event", shared)).key).toBe(detail.eventArn);
  });

  it("is known without its envelope, and under another program's name", () => {
    expect(alertOf(detail).labels.source).toBe("aws.health");
    const { eventArn, ...rest } = detail;
    const passedOn = eventOf("aha", "AHA Event", {
      ...rest,
      arn: eventArn,
      eventDescription: { latestDescription: "Down" },
    });
    expect(alertOf(passedOn)).toMatchObject({
      key: `${eventArn}#444455556666`,
      description: expect.stringContaining("Down"),
    });
  });

  it("has words when it is none", () => {
    expect(alertOf(eventOf("aws.health", "AWS Health Event", { service: "EC2" })).title).toBe("AWS Health Event");
  });
});
