import path from "node:path";
import type { RunReport } from "@belfry/core/canaries/report";
import type { BelfryFolder } from "../belfry-folder.ts";

/** Where the files of a run are. */
export function runFolder({ canaries }: BelfryFolder, { artifactPrefix }: Pick<RunReport, "artifactPrefix">): string {
  return path.join(canaries, artifactPrefix);
}
