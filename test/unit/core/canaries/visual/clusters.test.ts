import { type ChangeMask, clustersOf, densestWindow } from "@belfry/core/canaries/visual/clusters";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const masks = fc
  .record({ width: fc.integer({ min: 1, max: 14 }), height: fc.integer({ min: 1, max: 14 }) })
  .chain(({ width, height }) =>
    fc
      .array(fc.boolean(), { minLength: width * height, maxLength: width * height })
      .map((pixels): ChangeMask => ({ width, height, changed: Uint8Array.from(pixels, Number) })),
  );

function pixelsOf({ width, changed }: ChangeMask): [x: number, y: number][] {
  return [...changed.entries()].flatMap(([i, isChanged]) =>
    isChanged === 1 ? [[i % width, Math.floor(i / width)] as [number, number]] : [],
  );
}

/** By the definition: from each pixel to all that are near. */
function clustersByDefinition(mask: ChangeMask, distance: number): number[] {
  const left = new Set(pixelsOf(mask).map(([x, y]) => `${x},${y}`));
  const sizes: number[] = [];
  while (left.size > 0) {
    const [begin = ""] = left;
    left.delete(begin);
    const queue = [begin];
    for (const one of queue) {
      const [x = 0, y = 0] = one.split(",").map(Number);
      for (let dy = -distance; dy <= distance; dy++) {
        for (let dx = -distance; dx <= distance; dx++) {
          const near = `${x + dx},${y + dy}`;
          if (left.delete(near)) queue.push(near);
        }
      }
    }
    sizes.push(queue.length);
  }
  return sizes.sort((a, b) => b - a);
}

describe("clusters", () => {
  test("are those of the definition, whatever changed", () => {
    fc.assert(
      fc.property(masks, fc.integer({ min: 1, max: 4 }), (mask, distance) => {
        const clusters = clustersOf(mask, distance);
        expect(clusters.map(({ pixels }) => pixels)).toEqual(clustersByDefinition(mask, distance));
      }),
    );
  });

  test("lie around all that changed, and every side touches a pixel", () => {
    fc.assert(
      fc.property(masks, (mask) => {
        for (const box of clustersOf(mask, 2)) {
          const inside = pixelsOf(mask).filter(
            ([x, y]) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height,
          );
          expect(inside.length).toBeGreaterThanOrEqual(box.pixels);
          expect(inside.some(([x]) => x === box.x)).toBe(true);
          expect(inside.some(([, y]) => y === box.y + box.height - 1)).toBe(true);
        }
      }),
    );
  });
});

describe("the densest window", () => {
  test("has as many pixels as the best of all windows, and has them where it says", () => {
    fc.assert(
      fc.property(masks, fc.integer({ min: 2, max: 20 }), (mask, size) => {
        const found = densestWindow(mask, size);
        const inWindow = (left: number, top: number) =>
          pixelsOf(mask).filter(([x, y]) => x >= left && x < left + found.width && y >= top && y < top + found.height)
            .length;
        let most = 0;
        for (let top = 0; top <= mask.height - found.height; top++) {
          for (let left = 0; left <= mask.width - found.width; left++) most = Math.max(most, inWindow(left, top));
        }
        expect(found.pixels).toBe(most);
        expect(inWindow(found.x, found.y)).toBe(most);
      }),
    );
  });
});
