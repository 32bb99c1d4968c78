import { describe, expect, it } from "vitest";
import { alertOf, alertsOf, eventOf } from "../../../../support/alert-events.ts";

describe("GuardDuty", () => {
  const finding = {
    id: "f-1",
    arn: "arn:aws:guardduty:eu-west-1:111122223333:detector/d/finding/f-1",
    accountId: "444455556666",
    region: "eu-west-1",
    type: "Recon:EC2/PortProbeUnprotectedPort",
    title: "A port is probed",
    description: "From far away.",
    severity: 5,
    updatedAt: "2026-11-22T09:00:00.000Z",
    service: { count: 12, archived: false },
    resource: { resourceType: "Instance", instanceDetails: { instanceId: "i-1" } },
  };
  const event = (detail: object): object => eventOf("aws.guardduty", "GuardDuty Finding", detail);

  it.each([
    [9, "critical"],
    [8.9, "error"],
    [4, "warning"],
    [3.9, "info"],
  ])("of severity %s is %s", (severity, expected) => {
    expect(alertOf(event({ ...finding, severity })).severity).toBe(expected);
  });

  it("is of the finding, as of its update", () => {
    const version = Date.UTC(2026, 10, 22, 9);
    const alert = alertOf(event(finding));
    expect(alert).toMatchObject({ key: finding.arn, version, deliveryId: `f-1#${version}`, title: "A port is probed" });
    expect(alert.labels).toMatchObject({ account: "444455556666", instance: "i-1", type: finding.type });
    expect(alert.expiresAfterMs).toBe(86_400_000);
  });

  it("says the same again until it was seen ten times as often", () => {
    const seen = (count: unknown) =>
      alertOf(event({ ...finding, service: { count } }))
        .description.split("\n")
        .at(-1);
    expect([1, 9, 10, 99, 100, 1234].map(seen)).toEqual([
      "Seen: fewer than 10 times",
      "Seen: fewer than 10 times",
      "Seen: 10 times or more",
      "Seen: 10 times or more",
      "Seen: 100 times or more",
      "Seen: 1000 times or more",
    ]);
    expect(seen("many")).toMatch(/^Type:/);
  });

  it("is the same with the capitals of the API", () => {
    const capital = (value: object): object =>
      Object.fromEntries(
        Object.entries(value).map(([name, member]) => [
          name.charAt(0).toUpperCase() + name.slice(1),
          typeof member === "object" ? capital(member) : member,
        ]),
      );
    const { event: _, ...same } = alertOf(event(finding));
    expect(alertOf(event(capital(finding)))).toMatchObject(same);
  });

  it("resolves a finding that is archived", () => {
    expect(alertOf(event({ ...finding, service: { archived: true } })).status).toBe("resolved");
  });

  it("reads the scan of an object", () => {
    const scan = (scanResultStatus: string): object =>
      eventOf("aws.guardduty", "GuardDuty Malware Protection Object Scan Result", {
        s3ObjectDetails: { bucketName: "b", objectKey: "k", versionId: "v" },
        scanResultDetails: { scanResultStatus, threats: [{ name: "EICAR-Test-File" }] },
      });
    expect(alertOf(scan("THREATS_FOUND"))).toMatchObject({
      status: "firing",
      severity: "critical",
      description: "EICAR-Test-File",
    });
    expect(alertOf(scan("NO_THREATS_FOUND"))).toMatchObject({ status: "resolved" });
  });
});

describe("Security Hub", () => {
  const finding = (over: object = {}): object => ({
    Id: "arn:aws:securityhub:eu-west-1:1:finding/1",
    ProductArn: "arn:aws:securityhub:eu-central-1::product/aws/securityhub",
    Title: "S3.1 Block public access",
    AwsAccountId: "444455556666",
    UpdatedAt: "2026-11-22T09:00:00.000Z",
    RecordState: "ACTIVE",
    Workflow: { Status: "NEW" },
    Severity: { Label: "HIGH", Normalized: 70 },
    Compliance: { Status: "FAILED" },
    Resources: [{ Id: "arn:aws:s3:::b" }],
    ...over,
  });
  const imported = (...findings: object[]): object =>
    eventOf("aws.securityhub", "Security Hub Findings - Imported", { findings });

  it("makes an alert of each finding", () => {
    const alerts = alertsOf(imported(finding(), finding({ Id: "two" })));
    expect(alerts.map(({ key }) => key)).toEqual(["arn:aws:securityhub:eu-west-1:1:finding/1", "two"]);
    expect(new Set(alerts.map(({ deliveryId }) => deliveryId)).size).toBe(2);
    expect(alerts[0]).toMatchObject({
      status: "firing",
      severity: "error",
      labels: { account: "444455556666", region: "eu-central-1", resource: "arn:aws:s3:::b" },
    });
  });

  it.each([
    [{ RecordState: "ARCHIVED" }, "resolved"],
    [{ Workflow: { Status: "RESOLVED" } }, "resolved"],
    [{ Workflow: { Status: "SUPPRESSED" } }, "resolved"],
    [{ Compliance: { Status: "PASSED" } }, "resolved"],
    [{ Workflow: { Status: "NOTIFIED" } }, "firing"],
  ])("with %j is %s", (over, status) => {
    expect(alertOf(imported(finding(over))).status).toBe(status);
  });

  it.each([
    [{ Label: "CRITICAL" }, "critical"],
    [{ Label: "INFORMATIONAL" }, "info"],
    [{ Normalized: 40 }, "warning"],
    [{}, "info"],
  ])("of severity %j is %s", (Severity, severity) => {
    expect(alertOf(imported(finding({ Severity }))).severity).toBe(severity);
  });

  it("does not take a custom action for a copy of what was imported", () => {
    const sent = eventOf("aws.securityhub", "Security Hub Findings - Custom Action", { findings: [finding()] });
    expect(alertOf(sent)).toMatchObject({ key: "arn:aws:securityhub:eu-west-1:1:finding/1" });
    expect(alertOf(sent).deliveryId).not.toBe(alertOf(imported(finding())).deliveryId);
  });

  it("links to pages of the web alone", () => {
    const advice = (Url: string): object => ({ Remediation: { Recommendation: { Url } } });
    const titles = (Url: string) => alertOf(imported(finding(advice(Url)))).links.map(({ title }) => title);
    expect(titles("https://docs.example.com/s3.1")).toContain("What to do");
    expect(titles("javascript:alert(1)")).not.toContain("What to do");
  });

  it("has words for an event without findings", () => {
    expect(alertOf(imported()).title).toBe("Security Hub Findings - Imported");
  });
});
