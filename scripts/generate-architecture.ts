// Writes docs/reference/deployed.md: what each profile deploys, as a picture made from the synthesized templates. With --check it only compares.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Code } from "aws-cdk-lib/aws-lambda";
import { loadConfig } from "../packages/core/src/config/load.ts";
import { buildApp } from "../stacks/build-app.ts";
import { pictureOf } from "./templates/picture.ts";
import type { TemplateJson } from "./templates/resolve-template.ts";

const ROOT = resolve(import.meta.dirname, "..");
const FILE = resolve(ROOT, "docs/reference/deployed.md");

const PROFILES = [
  { title: "One account", config: "examples/minimal/belfry.config.ts" },
  { title: "An organization", config: "examples/organization/belfry.config.ts" },
  { title: "One account with canaries", config: "examples/canaries-aws/belfry.config.ts" },
];

const folder = mkdtempSync(join(tmpdir(), "belfry-picture-"));
try {
  const pictures = [];
  for (const { title, config } of PROFILES) pictures.push(await section(title, config));
  const text = `# What is deployed

Made from the synthesized templates by \`node scripts/generate-architecture.ts\`: the parts that data goes through, and who sends to whom by its event sources, targets and
roles. Dead-letter queues, which every rule and schedule has, are left out.

${pictures.join("\n")}`;
  finish(text);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function section(title: string, file: string): Promise<string> {
  const app = new App({ outdir: mkdtempSync(join(folder, "out-")), analyticsReporting: false });
  writeFileSync(join(folder, "index.mjs"), "");
  const stacks = buildApp(app, await loadConfig(resolve(ROOT, file)), {
    stage: "prod",
    code: () => Code.fromAsset(folder, { exclude: ["out-*"] }),
  });
  const templates = new Map(
    [...stacks].map(([name, stack]) => [name, Template.fromStack(stack).toJSON() as TemplateJson]),
  );
  return `## ${title}

With [\`${file}\`](../../${file}):

\`\`\`mermaid
${pictureOf(templates)}
\`\`\`
`;
}

function finish(text: string): void {
  if (!process.argv.includes("--check")) {
    writeFileSync(FILE, text);
    return;
  }
  if (readFileSync(FILE, "utf8") === text) return;
  console.error("docs/reference/deployed.md is out of date");
  process.exitCode = 1;
}
