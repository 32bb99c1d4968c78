import { cpSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";
import type { ManagedSource } from "./canary-sources.ts";

/** What CloudWatch Synthetics' runtimes have themselves. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Library_Nodejs.html */
const IN_RUNTIME = [
  "Synthetics",
  "SyntheticsLogger",
  "SyntheticsLink",
  "@amzn/*",
  "@aws/synthetics-*",
  "@aws-sdk/*",
  "playwright-core",
  "@playwright/test",
  "puppeteer-core",
];

/** Writes the folder of a canary of CloudWatch Synthetics: Python as it is, and what is for Node.js in one file with all that it imports. */
export async function bundleManaged({ file, format, path }: ManagedSource, outdir: string): Promise<void> {
  const outfile = resolve(outdir, path);
  if (format === "python") {
    cpSync(file, outfile);
    return;
  }
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    format,
    platform: "node",
    target: "node22",
    external: IN_RUNTIME,
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
  });
}
