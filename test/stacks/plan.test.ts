import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { namesOf, VERSION } from "../../stacks/names.ts";
import { EVERYTHING } from "./support/everything.ts";
import { MINIMAL, ORGANIZATION, synthesize } from "./support/synth.ts";

describe.each([
  ["one account", MINIMAL],
  ["an organization", ORGANIZATION],
  ["all that can be switched on", EVERYTHING],
])("the stacks of %s", (_, config) => {
  const synthesized = synthesize(config);
  const { templates } = synthesized;

  it("export nothing, so that each can be removed by itself", () => {
    for (const template of templates.values()) {
      expect(Object.values(template.findOutputs("*")).filter((output) => "Export" in output)).toEqual([]);
      expect(JSON.stringify(template.toJSON())).not.toContain("Fn::ImportValue");
    }
  });

  it("say the version that they are of", () => {
    const manifest = readFileSync(resolve(import.meta.dirname, "../../package.json"), "utf8");
    expect(VERSION).toBe((JSON.parse(manifest) as { version: string }).version);
    for (const template of templates.values()) {
      expect((template.toJSON() as { Description: string }).Description).toContain(`Belfry ${VERSION}: `);
    }
  });

  it("make no two things of one name", () => {
    const names = [...synthesized.stacks].flatMap(([name, { region }]) =>
      fixedNames(templates.get(name)?.toJSON(), region),
    );
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it("have functions of Node.js 24 with a log group, a trace and one inline policy of their own", () => {
    for (const template of templates.values()) {
      for (const { Properties: properties } of Object.values(template.findResources("AWS::Lambda::Function"))) {
        expect(properties).toMatchObject({
          Runtime: "nodejs24.x",
          TracingConfig: { Mode: "Active" },
          LoggingConfig: { LogGroup: expect.anything() },
        });
      }
      template.resourceCountIs("AWS::IAM::Policy", 0);
      for (const { Properties: role } of Object.values(template.findResources("AWS::IAM::Role"))) {
        expect(role).not.toHaveProperty("ManagedPolicyArns");
      }
    }
  });
});

/** Type, region and name of whatever has a name of its own; a role's, a bucket's and a dashboard's is taken in all regions. */
function fixedNames(template: unknown, region: string): string[] {
  const { Resources = {} } = template as {
    Resources?: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
  };
  return Object.values(Resources).flatMap(({ Type: type, Properties: properties = {} }) => {
    const own = type.slice(type.lastIndexOf(":") + 1);
    const key = Object.keys(properties).find(
      (each) => each === "Name" || OWN_NAMES.some((known) => each === known || each === `${own}Name`),
    );
    if (key === undefined) return [];
    const place = /::(Role|Bucket|Dashboard)$/.test(type) ? "" : region;
    const bus = JSON.stringify(
      properties.EventBusName ??
        properties.LogGroupName ??
        properties.GroupName ??
        properties.SetIdentifier ??
        properties.Type ??
        "",
    );
    return [`${type} ${place} ${bus} ${JSON.stringify(properties[key])}`];
  });
}

const OWN_NAMES: readonly string[] = ["AlarmName", "FilterName", "PolicyName", "DestinationName"];

it("refuses a stage that would make names too long", () => {
  expect(() => namesOf("a-stage-with-a-long-name", "eu-west-1")).toThrow(
    'up to 15 letters, digits and hyphens, got "a-st',
  );
  expect(() => namesOf("Prod", "eu-west-1")).toThrow("a lower-case letter");
});
