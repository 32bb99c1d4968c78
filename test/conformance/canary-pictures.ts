import { access, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { comparePictures } from "@belfry/core/canaries/visual/compare-pictures";
import { decodePicture } from "@belfry/core/canaries/visual/picture";
import type { ScoreCanaryFile } from "./canary-score.ts";

/** Two pictures, and how many of their pixels are to differ. Options that only colour the picture of the difference are left out. */
interface PictureCase {
  readonly a: string;
  readonly b: string;
  readonly options?: { readonly threshold?: number; readonly includeAA?: boolean };
  readonly expectedMismatch: number;
}

/** Where pictures lie beside the list of cases. */
const FOLDERS = [".", "fixtures", "test/fixtures"];

// https://github.com/mapbox/pixelmatch#api
const DEFAULT_THRESHOLD = 0.1;

// Each is a comparison of its own, and must say the same number.
const CLUSTER_DISTANCES = [1, 10];

/** Scores how many pixels of pictures differ against a list of cases, each with the names of two PNG files. Undefined for what is no such list. */
export const scorePictures: ScoreCanaryFile = async (content, path) => {
  const cases = (content as { cases?: unknown } | null)?.cases;
  if (!Array.isArray(cases) || !cases.every(isPictureCase)) return undefined;
  const failures: string[] = [];
  for (const one of cases) {
    const wrong = await wrongIn(one, dirname(path));
    if (wrong !== undefined) failures.push(`${one.a} and ${one.b}: ${wrong}`);
  }
  return { cases: cases.length, passed: cases.length - failures.length, failures };
};

function isPictureCase(value: unknown): value is PictureCase {
  const { a, b, expectedMismatch } = (value ?? {}) as Partial<PictureCase>;
  return typeof a === "string" && typeof b === "string" && typeof expectedMismatch === "number";
}

async function wrongIn(
  { a, b, options = {}, expectedMismatch }: PictureCase,
  folder: string,
): Promise<string | undefined> {
  const [before, after] = await Promise.all([pictureAt(folder, a), pictureAt(folder, b)]);
  for (const clusterDistance of CLUSTER_DISTANCES) {
    const { pixels, clusters } = comparePictures(decodePicture(before), decodePicture(after), {
      threshold: options.threshold ?? DEFAULT_THRESHOLD,
      antialiasing: options.includeAA ?? false,
      areas: [],
      clusterDistance,
      windowSize: 64,
    });
    const inClusters = clusters.reduce((sum, cluster) => sum + cluster.pixels, 0);
    if (pixels !== expectedMismatch) return `${pixels} pixels differ, expected ${expectedMismatch}`;
    if (inClusters !== pixels) return `${inClusters} pixels are in clusters, ${pixels} differ`;
  }
  return undefined;
}

async function pictureAt(folder: string, name: string): Promise<Uint8Array> {
  for (const place of FOLDERS) {
    const path = join(folder, place, name);
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return readFile(path);
  }
  throw new Error(`${name} is neither in ${folder} nor in its folders ${FOLDERS.slice(1).join(", ")}`);
}
