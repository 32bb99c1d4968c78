import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { scoreBlueprint, scoreBlueprintSchema } from "./canary-blueprint.ts";
import { scoreCertificates } from "./canary-certificates.ts";
import { scoreLinks } from "./canary-links.ts";
import { scorePictures } from "./canary-pictures.ts";
import type { CanaryScore, ScoreCanaryFile } from "./canary-score.ts";
import type { Score } from "./score.ts";

const SCORERS: readonly ScoreCanaryFile[] = [
  scoreCertificates,
  scoreBlueprintSchema,
  scoreBlueprint,
  scorePictures,
  scoreLinks,
];

/** Scores each JSON file of a folder of canaries that is of a known shape, however deep it lies; the folder's folders are the sources. Other files belong to those, or to nobody. */
export async function scoreCanaries(folder: string, set: string): Promise<Score[]> {
  const scores: Score[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".json")) continue;
    const path = join(entry.parentPath, entry.name);
    const score = await scoreFile(path);
    if (score !== undefined) {
      const source = relative(folder, path).replace(/\.json$/, "");
      scores.push({ set, source, ...score, score: score.passed / score.cases });
    }
  }
  return scores.sort((a, b) => (a.source < b.source ? -1 : 1));
}

async function scoreFile(path: string): Promise<CanaryScore | undefined> {
  const content = jsonOf(await readFile(path, "utf8"));
  if (content === undefined) return undefined;
  for (const scorer of SCORERS) {
    const score = await scorer(content, path);
    if (score !== undefined && score.cases > 0) return score;
  }
  return undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not all that is called so is JSON; then it is of no known shape.
    return undefined;
  }
}
