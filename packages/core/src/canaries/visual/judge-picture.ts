import { setImmediate } from "node:timers/promises";
import type { VisualLimits } from "../../config/canaries/visual.ts";
import type { BaselineStore } from "../context.ts";
import {
  type BaselineKey,
  proposeChanged,
  proposeFirst,
  readBaseline,
  readOlderBaseline,
  type Standing,
  withdrawChanged,
} from "./baselines.ts";
import { type CompareOptions, type Comparison, comparePictures, exceeded } from "./compare-pictures.ts";
import { type Box, decodePicture, encodePicture } from "./picture.ts";
import { COVER } from "./take-picture.ts";

/** How a picture is judged. */
export interface JudgeOptions {
  readonly threshold: number;
  readonly antialiasing: boolean;
  readonly areas: readonly Box[];
  /** Whether elements are covered in the pictures. */
  readonly hasCover: boolean;
  readonly limits: VisualLimits;
}

/** What a picture is worth. */
export interface Judgement {
  /**
   * `same` and `changed` are against a baseline, approved or the first picture; `new` is the first picture of all, `new-browser` the first of a version of the browser that comes after others.
   */
  readonly verdict: "same" | "changed" | "new" | "new-browser";
  /** What passed the limits, when it changed. */
  readonly reasons: readonly string[];
  /** What the baseline stands on, or would. */
  readonly standing: Standing;
  readonly comparison?: Comparison;
  /** Of the browser that the picture is compared with, when it is another one than now. */
  readonly comparedVersion?: string;
  /** What it was compared with, and where they differ, as PNG; there when they differ at all. */
  readonly baseline?: Uint8Array;
  readonly diff?: Uint8Array;
}

/** Compares a picture with its baseline, and keeps a proposal of it where it has none, or differs. Raises what the store raises, and CanaryFailure for pictures that are too large. */
export async function judgePicture(
  store: BaselineStore,
  key: BaselineKey,
  png: Uint8Array,
  options: JudgeOptions,
  signal: AbortSignal,
): Promise<Judgement> {
  const baseline = await readBaseline(store, key, signal);
  if (baseline === undefined) return withoutBaseline(store, key, png, options, signal);
  const { picture, standing } = baseline;
  const compared = await compare(picture, png, options, signal);
  const reasons = compared === undefined ? [] : exceeded(compared.comparison, options.limits);
  if (reasons.length > 0) await proposeChanged(store, key, png, signal);
  else await withdrawChanged(store, key, picture, signal);
  return {
    verdict: reasons.length > 0 ? "changed" : "same",
    reasons,
    standing,
    ...compared,
    ...(compared === undefined ? {} : { baseline: picture }),
  };
}

/** A new browser draws everything a little otherwise: what it changed is shown, and fails nothing. */
async function withoutBaseline(
  store: BaselineStore,
  key: BaselineKey,
  png: Uint8Array,
  options: JudgeOptions,
  signal: AbortSignal,
): Promise<Judgement> {
  await proposeFirst(store, key, png, signal);
  const older = await readOlderBaseline(store, key, signal);
  if (older === undefined) return { verdict: "new", standing: "first", reasons: [] };
  const compared = await compare(older.picture, png, options, signal);
  return {
    verdict: "new-browser",
    standing: "new-browser",
    reasons: [],
    comparedVersion: older.version,
    ...compared,
    ...(compared === undefined ? {} : { baseline: older.picture }),
  };
}

/** Undefined when the files are the same, byte for byte: that is the rule, and costs nothing. */
async function compare(
  baseline: Uint8Array,
  actual: Uint8Array,
  options: JudgeOptions,
  signal: AbortSignal,
): Promise<{ readonly comparison: Comparison; readonly diff?: Uint8Array } | undefined> {
  if (Buffer.compare(baseline, actual) === 0) return undefined;
  const { threshold, antialiasing, areas, hasCover, limits } = options;
  const settings: CompareOptions = {
    threshold,
    antialiasing,
    areas,
    clusterDistance: limits.clusterDistance,
    windowSize: limits.windowSize,
    ...(hasCover ? { cover: COVER } : {}),
  };
  const before = decodePicture(baseline);
  await breath(signal);
  const after = decodePicture(actual);
  await breath(signal);
  const comparison = comparePictures(before, after, settings);
  await breath(signal);
  const isShown = comparison.pixels > 0 || comparison.layout !== undefined;
  return { comparison, ...(isShown ? { diff: encodePicture(comparison.diff) } : {}) };
}

/** Large pictures take a second for each of these; in between the deadline must get its turn. */
async function breath(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}

/** The rectangle of two opposite corners, in CloudWatch's form `x1,y1,x2,y2`. */
export function boxOfCoordinates(coordinates: string): Box {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = coordinates.split(",").map(Number);
  return { x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1) };
}
