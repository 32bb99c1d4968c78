import { describe, expect, it } from "vitest";
import { stackTable } from "../../../scripts/synth/stack-table.ts";

describe("the table of npm run synth", () => {
  it("gives each stack's region, resources and size", () => {
    const table = stackTable([
      { name: "prod-belfry-Foundation", region: "eu-west-1", resources: 9, templateBytes: 10_449 },
      { name: "prod-belfry-Edge-us-east-1", region: "us-east-1", resources: 37, templateBytes: 52_100 },
    ]);
    expect(table.split("\n")).toEqual([
      "stack                       region     resources  template kB",
      "prod-belfry-Foundation      eu-west-1          9         10.4",
      "prod-belfry-Edge-us-east-1  us-east-1         37         52.1",
    ]);
  });
});
