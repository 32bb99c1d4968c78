import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { MINIMAL, ORGANIZATION, synthesize } from "./support/synth.ts";

const page = readFileSync("docs/upgrade-and-removal.md", "utf8");
const documented = new Set([...page.matchAll(/^\| `(AWS::\w+::\w+)` \|/gm)].map(([, type]) => type));

/** Types of resources that stay when their stack is deleted. */
function keptTypes(configs: readonly ConfigInput[]): Set<string> {
  const types = new Set<string>();
  for (const config of configs) {
    for (const template of synthesize(config).templates.values()) {
      const resources: Record<string, { Type: string; DeletionPolicy?: string }> = template.toJSON().Resources ?? {};
      for (const { Type, DeletionPolicy } of Object.values(resources)) {
        // A fixed name would be in the way of the next try. What is protected against deletion cannot go, though.
        if (DeletionPolicy === "Retain") expect(Type).toMatch(/^AWS::OpenSearchServerless::/);
        if (DeletionPolicy?.startsWith("Retain")) types.add(Type);
      }
    }
  }
  return types;
}

function everyPart(removal: "retain" | "destroy"): readonly ConfigInput[] {
  const buckets = ["logs-of-load-balancers"];
  const base = { ...ORGANIZATION.deploy, removal, ingest: { buffer: "provisioned" as const, buckets } };
  return [
    { ...MINIMAL, deploy: { ...MINIMAL.deploy, removal } },
    { deploy: { ...base, search: { type: "serverless" } } },
    { deploy: { ...base, search: { type: "domain" } } },
  ];
}

describe("docs/upgrade-and-removal.md", () => {
  it("says of every type of resource that is kept how to delete it", () => {
    expect([...keptTypes(everyPart("retain"))].sort()).toEqual([...documented].sort());
  });

  it("says the truth about deploy.removal: destroy", () => {
    expect([...keptTypes(everyPart("destroy"))]).toEqual([]);
  });
});
