import type { CanaryConfig } from "./schema.ts";

/** The files that a canary reads when it runs, by path from the configuration: a recording, a blueprint. A script's module is bundled with its function. */
export function canaryFiles(canary: CanaryConfig): string[] {
  if (canary.kind === "recording") return [canary.file];
  return canary.kind === "multi-check" && typeof canary.blueprint === "string" ? [canary.blueprint] : [];
}

/** Where a bundle has such a file, by path from its folder. */
export function bundledFile(path: string): string {
  return `files/${path.replaceAll(/[^\w.-]+/g, "_")}`;
}
