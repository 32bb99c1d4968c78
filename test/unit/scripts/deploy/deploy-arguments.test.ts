import { describe, expect, it } from "vitest";
import { parseDeployArguments } from "../../../../scripts/deploy/arguments.ts";
import { toolCommand } from "../../../../scripts/deploy/tool-command.ts";

describe("arguments of npm run deploy", () => {
  it("take their own options, and leave the others to the tool as they are", () => {
    const given = ["deploy", "sst", "--stage", "prod", "--region", "us-east-1", "--config=a.ts", "Ingest", "--verbose"];
    expect(parseDeployArguments(given)).toEqual({
      action: "deploy",
      tool: "sst",
      stage: "prod",
      profile: undefined,
      config: "a.ts",
      help: false,
      rest: ["--region", "us-east-1", "Ingest", "--verbose"],
    });
  });

  it("refuse an option without its value", () => {
    expect(() => parseDeployArguments(["remove", "cdk", "--stage"])).toThrow("--stage needs a value");
    expect(() => parseDeployArguments(["remove", "cdk", "--stage", "--force"])).toThrow("--stage needs a value");
  });

  it("refuse another action or tool", () => {
    expect(() => parseDeployArguments(["destroy", "cdk"])).toThrow(
      'expected deploy, diff, remove and then sst or cdk, got "destroy cdk"',
    );
  });
});

describe("the command of a tool", () => {
  it("names the stage to SST", () => {
    expect(toolCommand("sst", "remove", "prod", ["--region", "us-east-1"])).toEqual({
      command: "sst",
      args: ["remove", "--stage", "prod", "--region", "us-east-1"],
    });
  });

  it("takes all stacks with the CDK, which calls a removal destroy", () => {
    expect(toolCommand("cdk", "deploy", "prod", ["--require-approval", "never"])).toEqual({
      command: "cdk",
      args: ["deploy", "--all", "--no-notices", "--require-approval", "never"],
    });
    expect(toolCommand("cdk", "remove", "prod", []).args[0]).toBe("destroy");
  });
});
