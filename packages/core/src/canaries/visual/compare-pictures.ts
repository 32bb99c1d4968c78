import pixelmatch from "pixelmatch";
import type { VisualLimits } from "../../config/canaries/visual.ts";
import { type ChangeMask, type Cluster, clustersOf, densestWindow } from "./clusters.ts";
import { type Box, checkSize, onCanvas, PIXEL_BYTES, type Picture, paint } from "./picture.ts";

/** How two pictures are compared. */
export interface CompareOptions {
  /** How far a pixel's colour may be off, 0 to 1. */
  readonly threshold: number;
  /** Counts pixels that only smooth an edge otherwise, too. */
  readonly antialiasing: boolean;
  /** Rectangles that are left out. */
  readonly areas: readonly Box[];
  /** A colour that covers what is not compared, in either picture. */
  readonly cover?: readonly [red: number, green: number, blue: number];
  readonly clusterDistance: number;
  readonly windowSize: number;
}

/** How a picture differs from its baseline. */
export interface Comparison {
  /** Changed pixels. */
  readonly pixels: number;
  /** Of the whole picture. */
  readonly percent: number;
  /** The largest first. */
  readonly clusters: readonly Cluster[];
  readonly densest: Cluster;
  /** Both sizes, when they are not the same: the layout changed. */
  readonly layout?: { readonly baseline: string; readonly actual: string };
  /** The baseline in pale grey, with what changed in the highlight, and a frame around each cluster. */
  readonly diff: Picture;
}

/** CloudWatch's own colour of changes. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_Blueprints.html */
const HIGHLIGHT = [255, 0, 0] as const;
const IGNORED = [190, 190, 190] as const;

// So many frames still show something.
const MAX_FRAMES = 50;
const FRAME_DISTANCE = 6;
const FRAME_WIDTH = 2;

/** Compares two pictures, also of different sizes. Takes them over: what is not compared is painted over in both. Raises CanaryFailure of class `canary` when they are too large together. */
export function comparePictures(baseline: Picture, actual: Picture, options: CompareOptions): Comparison {
  const width = Math.max(baseline.width, actual.width);
  const height = Math.max(baseline.height, actual.height);
  checkSize(width, height);
  const [before, after] = [onCanvas(baseline, width, height), onCanvas(actual, width, height)];
  for (const area of options.areas) for (const picture of [before, after]) paint(picture, area, IGNORED);
  if (options.cover !== undefined) leaveOutCovered(before, after, options.cover);
  const diff = { width, height, data: new Uint8Array(width * height * PIXEL_BYTES) };
  const pixels = pixelmatch(before.data, after.data, diff.data, width, height, {
    threshold: options.threshold,
    includeAA: options.antialiasing,
    diffColor: [...HIGHLIGHT],
  });
  const mask = maskOf(diff, pixels);
  const clusters = pixels === 0 ? [] : clustersOf(mask, options.clusterDistance);
  const densest = densestWindow(mask, options.windowSize);
  for (const cluster of clusters.slice(0, MAX_FRAMES)) frame(diff, cluster);
  const isSameSize = baseline.width === actual.width && baseline.height === actual.height;
  return {
    pixels,
    percent: (pixels / (width * height)) * 100,
    clusters,
    densest,
    ...(isSameSize ? {} : { layout: { baseline: sizeText(baseline), actual: sizeText(actual) } }),
    diff,
  };
}

/** What of the limits a comparison passes, in words; empty when the picture counts as the same. */
export function exceeded(comparison: Comparison, limits: VisualLimits): string[] {
  const { pixels, percent, clusters, densest, layout } = comparison;
  const [largest] = clusters;
  const said: string[] = [];
  if (layout !== undefined) {
    said.push(`the layout changed: the picture is ${layout.actual}, the baseline ${layout.baseline}`);
  }
  if (pixels > limits.maxPixels) said.push(`${pixels} pixels changed, at most ${limits.maxPixels} may`);
  if (largest !== undefined && largest.pixels > limits.maxClusterPixels) {
    said.push(
      `${largest.pixels} of them are together ${placeText(largest)}, at most ${limits.maxClusterPixels} may be`,
    );
  }
  if (densest.pixels > limits.maxInWindow) {
    said.push(`${densest.pixels} of them are in a window ${placeText(densest)}, at most ${limits.maxInWindow} may be`);
  }
  if (limits.maxPercent !== undefined && percent > limits.maxPercent) {
    said.push(`that is ${percent.toFixed(3)} % of the picture, at most ${limits.maxPercent} % may be`);
  }
  return said;
}

/** Makes the same what the cover hides in either picture, and the pixels beside it, which the cover's edge colours. */
function leaveOutCovered(before: Picture, after: Picture, cover: readonly [number, number, number]): void {
  const { width, height } = before;
  const isCovered = ({ data }: Picture, at: number) =>
    data[at] === cover[0] && data[at + 1] === cover[1] && data[at + 2] === cover[2];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * PIXEL_BYTES;
      if (isCovered(before, at) === isCovered(after, at)) continue;
      // Taken from the other picture with its neighbours: a pixel that is the same is not changed.
      const from = isCovered(before, at) ? before : after;
      copyAround(from, from === before ? after : before, x, y);
    }
  }
}

function copyAround(from: Picture, to: Picture, x: number, y: number): void {
  const left = Math.max(0, x - 1);
  const right = Math.min(from.width, x + 2);
  for (let row = Math.max(0, y - 1); row < Math.min(from.height, y + 2); row++) {
    const begin = (row * from.width + left) * PIXEL_BYTES;
    to.data.set(from.data.subarray(begin, begin + (right - left) * PIXEL_BYTES), begin);
  }
}

/** Nothing else in the diff is of the highlight: the rest is grey, or the yellow of smoothed edges. */
function maskOf({ width, height, data }: Picture, pixels: number): ChangeMask {
  const changed = new Uint8Array(width * height);
  const [red, green, blue] = HIGHLIGHT;
  for (let i = 0; i < changed.length && pixels > 0; i++) {
    const at = i * PIXEL_BYTES;
    if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) changed[i] = 1;
  }
  return { width, height, changed };
}

function frame(picture: Picture, { x, y, width, height }: Box): void {
  const outer = { x: x - FRAME_DISTANCE, y: y - FRAME_DISTANCE };
  const across = width + 2 * FRAME_DISTANCE;
  const down = height + 2 * FRAME_DISTANCE;
  const sides: readonly Box[] = [
    { ...outer, width: across, height: FRAME_WIDTH },
    { ...outer, width: FRAME_WIDTH, height: down },
    { x: outer.x, y: outer.y + down - FRAME_WIDTH, width: across, height: FRAME_WIDTH },
    { x: outer.x + across - FRAME_WIDTH, y: outer.y, width: FRAME_WIDTH, height: down },
  ];
  for (const side of sides) paint(picture, side, HIGHLIGHT);
}

function sizeText({ width, height }: Picture): string {
  return `${width}x${height}`;
}

function placeText({ x, y, width, height }: Box): string {
  return `at ${x},${y} (${width}x${height})`;
}
