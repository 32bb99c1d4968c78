import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../packages/core/src/config/load.ts";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { collectorTemplate } from "../../stacks/collector.ts";
import { MINIMAL, ORGANIZATION, synthesize } from "./support/synth.ts";

const membersOf = (config: ConfigInput) =>
  [...synthesize(config).templates.keys()].filter((name) => name.startsWith("Members"));

describe("the collector's StackSets", () => {
  const synthesized = synthesize(ORGANIZATION);

  it("are one for each region", () => {
    expect(membersOf(ORGANIZATION)).toEqual(["Members-eu-west-1", "Members-us-east-1", "Members-us-west-2"]);
  });

  it("are none without an organization's units", () => {
    expect(membersOf(MINIMAL)).toEqual([]);
    const { organization: _organization, ...deploy } = { ...ORGANIZATION.deploy, trustedAccounts: ["222233334444"] };
    expect(membersOf({ deploy })).toEqual([]);
  });

  it("deploy to all accounts of the units but the central one, present and to come", () => {
    synthesized.template("Members-us-east-1").hasResourceProperties("AWS::CloudFormation::StackSet", {
      StackSetName: "belfry-test-collector",
      PermissionModel: "SERVICE_MANAGED",
      CallAs: "DELEGATED_ADMIN",
      AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
      ManagedExecution: { Active: true },
      Capabilities: ["CAPABILITY_NAMED_IAM"],
      StackInstancesGroup: [
        {
          DeploymentTargets: {
            OrganizationalUnitIds: ["ou-ab12-cdef3456"],
            AccountFilterType: "DIFFERENCE",
            Accounts: [{ Ref: "AWS::AccountId" }],
          },
          Regions: ["us-east-1"],
        },
      ],
    });
  });

  it("carry the template that is deployed by hand", () => {
    const template = JSON.stringify(collectorTemplate(parseConfig(ORGANIZATION, "test"), "test"));
    for (const region of ["eu-west-1", "us-east-1", "us-west-2"]) {
      synthesized
        .template(`Members-${region}`)
        .hasResourceProperties("AWS::CloudFormation::StackSet", { TemplateBody: template });
    }
  });

  it("link metrics to the sink of their region, and bring global events alone from where nothing else is taken in", () => {
    const hasParameters = (region: string, parameters: object[]) =>
      synthesized
        .template(`Members-${region}`)
        .hasResourceProperties("AWS::CloudFormation::StackSet", { Parameters: Match.arrayWith(parameters) });
    hasParameters("us-east-1", [
      { ParameterKey: "Scope", ParameterValue: "all" },
      { ParameterKey: "SinkArn", ParameterValue: { Ref: Match.stringLikeRegexp("sinkarn") } },
    ]);
    hasParameters("us-west-2", [
      { ParameterKey: "Scope", ParameterValue: "global-events" },
      { ParameterKey: "SinkArn", ParameterValue: "none" },
    ]);
  });
});
