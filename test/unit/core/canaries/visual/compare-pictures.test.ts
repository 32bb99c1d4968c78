import { type CompareOptions, comparePictures, exceeded } from "@belfry/core/canaries/visual/compare-pictures";
import { boxOfCoordinates } from "@belfry/core/canaries/visual/judge-picture";
import {
  decodePicture,
  encodePicture,
  MAX_PIXELS,
  type Picture,
  paint,
  sizeOfPng,
} from "@belfry/core/canaries/visual/picture";
import { Canaries } from "@belfry/core/config/canaries/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const OPTIONS: CompareOptions = { threshold: 0.1, antialiasing: false, areas: [], clusterDistance: 10, windowSize: 64 };
const BLACK = [0, 0, 0] as const;
const MAGENTA = [255, 0, 255] as const;

function blank(width = 200, height = 100): Picture {
  return { width, height, data: new Uint8Array(width * height * 4).fill(255) };
}

function withBox(x: number, y: number, width: number, height: number, picture = blank()): Picture {
  paint(picture, { x, y, width, height }, BLACK);
  return picture;
}

function limits(own: object = {}) {
  const { canary } = Canaries.parse({ canary: { kind: "visual", urls: ["https://example.com"], limits: own } });
  if (canary?.kind !== "visual") throw new Error("no visual canary");
  return canary.limits;
}

describe("two pictures", () => {
  test("that are the same have no difference, and pass no limit of zero", () => {
    const compared = comparePictures(withBox(10, 10, 20, 20), withBox(10, 10, 20, 20), OPTIONS);
    expect(compared).toMatchObject({ pixels: 0, percent: 0, clusters: [], densest: { pixels: 0 } });
    expect(exceeded(compared, limits({ maxPixels: 0, maxClusterPixels: 0, maxInWindow: 0, maxPercent: 0 }))).toEqual(
      [],
    );
  });

  test("differ by a letter's worth of pixels, which a percentage would not see", () => {
    const compared = comparePictures(blank(1920, 1080), withBox(300, 400, 10, 10, blank(1920, 1080)), OPTIONS);
    expect(compared.pixels).toBe(100);
    expect(compared.percent).toBeLessThan(0.005);
    expect(compared.clusters).toEqual([{ x: 300, y: 400, width: 10, height: 10, pixels: 100 }]);
    expect(exceeded(compared, limits())).toHaveLength(3);
    expect(exceeded(compared, limits({ maxPixels: 1000, maxClusterPixels: 1000, maxInWindow: 1000 }))).toEqual([]);
  });

  test("differ in two clusters where the changes are far apart", () => {
    const actual = withBox(150, 50, 4, 4, withBox(10, 10, 8, 8));
    const { clusters } = comparePictures(blank(), actual, OPTIONS);
    expect(clusters.map(({ pixels }) => pixels)).toEqual([64, 16]);
  });

  test("of different sizes are a changed layout, and the diff has the size of both together", () => {
    const compared = comparePictures(blank(200, 100), blank(180, 120), OPTIONS);
    expect(compared.layout).toEqual({ baseline: "200x100", actual: "180x120" });
    expect([compared.diff.width, compared.diff.height]).toEqual([200, 120]);
    const loose = limits({ maxPixels: 100_000, maxClusterPixels: 100_000, maxInWindow: 100_000 });
    expect(exceeded(compared, loose)).toEqual(["the layout changed: the picture is 180x120, the baseline 200x100"]);
  });

  test("are not compared where areas say so", () => {
    fc.assert(
      fc.property(
        fc.record({
          x: fc.nat(190),
          y: fc.nat(90),
          width: fc.integer({ min: 1, max: 40 }),
          height: fc.integer({ min: 1, max: 40 }),
        }),
        (area) => {
          const actual = withBox(area.x, area.y, area.width, area.height);
          expect(comparePictures(blank(), actual, { ...OPTIONS, areas: [area] }).pixels).toBe(0);
        },
      ),
    );
  });

  test("are compared beside an area", () => {
    const options = { ...OPTIONS, areas: [boxOfCoordinates("30.00,30,10,10.5")] };
    expect(comparePictures(blank(), withBox(10, 10, 20, 20), options).pixels).toBe(0);
    expect(comparePictures(blank(), withBox(10, 10, 30, 20), options).pixels).toBe(200);
  });

  test("are not compared where either is covered", () => {
    const covered = blank();
    paint(covered, { x: 20, y: 20, width: 40, height: 30 }, MAGENTA);
    const options = { ...OPTIONS, cover: MAGENTA };
    const changed = () => withBox(25, 25, 10, 10);
    expect(comparePictures({ ...covered, data: covered.data.slice() }, changed(), options).pixels).toBe(0);
    expect(comparePictures(changed(), { ...covered, data: covered.data.slice() }, options).pixels).toBe(0);
    expect(comparePictures(covered, changed(), OPTIONS).pixels).toBe(1200);
  });
});

describe("a PNG", () => {
  test("is what it was, encoded and decoded", () => {
    const picture = withBox(3, 4, 50, 60);
    const again = decodePicture(encodePicture(picture));
    expect(Buffer.compare(again.data, picture.data)).toBe(0);
  });

  test("that is too large is refused by its header alone", () => {
    const header = Buffer.from(encodePicture(blank(1, 1)).slice(0, 64));
    header.writeUInt32BE(1920, 16);
    header.writeUInt32BE(6000, 20);
    expect(sizeOfPng(header)).toEqual({ width: 1920, height: 6000 });
    header.writeUInt32BE(Math.ceil(MAX_PIXELS / 1920) + 1, 20);
    expect(() => sizeOfPng(header)).toThrow(/million pixels/);
  });

  test("that is broken, or none, is a fault of the canary", () => {
    expect(() => decodePicture(encodePicture(blank()).slice(0, 90))).toThrow(/cannot be decoded/);
    expect(() => decodePicture(Buffer.from("no picture"))).toThrow(/is no PNG/);
  });
});
