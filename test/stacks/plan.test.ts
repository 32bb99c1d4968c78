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
  const { templates } = synthesize(config);

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

it("refuses a stage that would make names too long", () => {
  expect(() => namesOf("a-stage-with-a-long-name", "eu-west-1")).toThrow(
    'up to 15 letters, digits and hyphens, got "a-st',
  );
  expect(() => namesOf("Prod", "eu-west-1")).toThrow("a lower-case letter");
});
