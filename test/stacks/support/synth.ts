import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, type Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Code } from "aws-cdk-lib/aws-lambda";
import { parseConfig } from "../../../packages/core/src/config/load.ts";
import type { ConfigInput } from "../../../packages/core/src/config/schema.ts";
import { buildApp } from "../../../stacks/build-app.ts";

/** One synthesized stage. */
export interface Synthesized {
  readonly app: App;
  readonly stacks: ReadonlyMap<string, Stack>;
  /** The template of a stack by its name without stage and application; an error when the configuration has no such stack. */
  template(name: string): Template;
  /** All templates by their stacks' names. */
  readonly templates: ReadonlyMap<string, Template>;
}

const folder = mkdtempSync(join(tmpdir(), "belfry-synth-"));

/** Synthesizes a configuration in this process, as stage `test`. Functions get an empty bundle of their own, so nothing has to be built first. */
export function synthesize(config: ConfigInput, stage = "test"): Synthesized {
  const app = new App({ outdir: mkdtempSync(join(folder, "out-")), analyticsReporting: false });
  const stacks = buildApp(app, parseConfig(config, "test"), {
    stage,
    code: emptyBundle,
  });
  const templates = new Map([...stacks].map(([name, stack]) => [name, Template.fromStack(stack)]));
  return {
    app,
    stacks,
    templates,
    template: (name) => {
      const template = templates.get(name);
      if (template === undefined) throw new Error(`no stack ${name}; there are ${[...templates.keys()].join(", ")}`);
      return template;
    },
  };
}

/** A configuration of each profile, small and complete. */
export const MINIMAL: ConfigInput = { deploy: { region: "eu-west-1", email: ["ops@example.com"] } };
export const ORGANIZATION: ConfigInput = {
  deploy: {
    profile: "organization",
    region: "eu-west-1",
    regions: ["us-east-1"],
    organization: { id: "o-a1b2c3d4e5", units: ["ou-ab12-cdef3456"] },
    email: ["ops@example.com"],
  },
};

/** A bundle of a function by its name, of nothing but its handler. */
export function emptyBundle(name: string): Code {
  const bundle = join(folder, name);
  mkdirSync(bundle, { recursive: true });
  writeFileSync(join(bundle, "index.mjs"), `export const handler = async () => "${name}";\n`);
  return Code.fromAsset(bundle);
}
