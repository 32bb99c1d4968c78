import { checkCdkBootstrap, checkSstBootstrap, checkStacks } from "@belfry/core/doctor/stacks";
import { describe, expect, it } from "vitest";
import { run } from "./account.ts";

function stack(name: string, status: string, rest: { description?: string; isDrifted?: boolean } = {}) {
  return { name, status, description: "Belfry 1.2.0: it", isDrifted: false, ...rest };
}

describe("cdk-bootstrap", () => {
  it.each([
    [undefined, "problem", "the CDK is not bootstrapped"],
    [{}, "problem", "CDKToolkit is of version 0, the CDK needs 6"],
    [{ BootstrapVersion: "5" }, "problem", "CDKToolkit is of version 5, the CDK needs 6"],
    [{ BootstrapVersion: "13" }, "warning", "CDKToolkit is of version 13; npm run deploy (SST) needs 14"],
    [{ BootstrapVersion: "14" }, "ok", "CDKToolkit is of version 14"],
  ])("outputs %j: %s", async (outputs, status, what) => {
    const [verdict] = await run(checkCdkBootstrap, { stackOutputs: async () => outputs });
    expect(verdict).toMatchObject({ status, what });
    if (status !== "ok") expect(verdict.fix).toBe("npx cdk bootstrap aws://111122223333/eu-west-1");
  });
});

describe("sst-bootstrap", () => {
  it("is ok with the stack and without it", async () => {
    expect(await run(checkSstBootstrap)).toEqual([{ status: "ok", what: "SSTBootstrap is of version 7.4" }]);
    const [absent] = await run(checkSstBootstrap, { stackOutputs: async () => undefined });
    expect(absent).toMatchObject({ status: "ok", what: expect.stringContaining("npm run deploy makes it") });
  });
});

describe("stacks", () => {
  it.each([
    ["CREATE_COMPLETE", "ok"],
    ["UPDATE_COMPLETE", "ok"],
    ["IMPORT_COMPLETE", "ok"],
    ["CREATE_FAILED", "problem"],
    ["ROLLBACK_COMPLETE", "problem"],
    ["ROLLBACK_FAILED", "problem"],
    ["UPDATE_FAILED", "problem"],
    ["UPDATE_ROLLBACK_FAILED", "problem"],
    ["DELETE_FAILED", "problem"],
    ["UPDATE_ROLLBACK_COMPLETE", "warning"],
    ["UPDATE_IN_PROGRESS", "warning"],
    ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "warning"],
    ["REVIEW_IN_PROGRESS", "warning"],
  ])("of a stack in state %s says %s", async (state, status) => {
    const verdicts = await run(checkStacks, { stacks: async () => [stack("prod-belfry-Ingest", state)] });
    expect(verdicts).toMatchObject([{ status, what: expect.stringContaining("prod-belfry-Ingest") }]);
  });

  it("looks at the stage's stacks alone", async () => {
    const stacks = [stack("dev-belfry-Ingest", "CREATE_FAILED"), stack("prod-shop", "CREATE_FAILED")];
    expect(await run(checkStacks, { stacks: async () => stacks })).toEqual([
      { status: "ok", what: "stage prod is not deployed here" },
    ]);
  });

  it("names stacks of another version and drifted ones", async () => {
    const stacks = [
      stack("prod-belfry-Foundation", "CREATE_COMPLETE"),
      stack("prod-belfry-Ingest", "UPDATE_COMPLETE", { description: "Belfry 1.1.0: ingest" }),
      stack("prod-belfry-Observe", "UPDATE_COMPLETE", { description: "of our own", isDrifted: true }),
    ];
    expect(await run(checkStacks, { stacks: async () => stacks })).toMatchObject([
      { status: "warning", what: "changed by hand since it was deployed: prod-belfry-Observe" },
      { status: "warning", what: "not of version 1.2.0, which this is: prod-belfry-Ingest (1.1.0)" },
    ]);
  });
});
