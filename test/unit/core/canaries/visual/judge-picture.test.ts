import type { BaselineStore } from "@belfry/core/canaries/context";
import { approve, proposalsOf } from "@belfry/core/canaries/visual/baselines";
import { judgePicture } from "@belfry/core/canaries/visual/judge-picture";
import { encodePicture, paint } from "@belfry/core/canaries/visual/picture";
import { describe, expect, test } from "vitest";

const { signal } = new AbortController();
const KEY = {
  canary: "shop",
  step: "https://shop.example.com/a",
  viewport: { width: 20, height: 10 },
  version: "153.0",
};
const OPTIONS = {
  threshold: 0.1,
  antialiasing: false,
  areas: [],
  hasCover: false,
  limits: { maxPixels: 3, maxClusterPixels: 3, clusterDistance: 2, windowSize: 8, maxInWindow: 3 },
};

function store(): BaselineStore & { readonly names: () => string[] } {
  const pictures = new Map<string, Uint8Array>();
  return {
    read: async (name) => pictures.get(name),
    write: async (name, picture) => void pictures.set(name, picture),
    list: async (prefix) => [...pictures.keys()].filter((name) => name.startsWith(prefix)),
    names: () => [...pictures.keys()].sort(),
  };
}

/** White, with a black square of a size. */
function picture(size: number): Uint8Array {
  const made = { width: 20, height: 10, data: new Uint8Array(800).fill(255) };
  paint(made, { x: 2, y: 2, width: size, height: size }, [0, 0, 0]);
  return encodePicture(made);
}

const judge = (baselines: BaselineStore, size: number, version = KEY.version) =>
  judgePicture(baselines, { ...KEY, version }, picture(size), OPTIONS, signal);

describe("a picture", () => {
  test("without baseline is proposed, and is what later ones are compared with", async () => {
    const baselines = store();
    expect(await judge(baselines, 3)).toMatchObject({ verdict: "new", standing: "first" });
    expect(await judge(baselines, 3)).toMatchObject({ verdict: "same", standing: "first" });
    expect(await judge(baselines, 6)).toMatchObject({
      verdict: "changed",
      standing: "first",
      comparison: { pixels: 27 },
    });
  });

  test("that changed is proposed, and becomes the baseline when it is approved", async () => {
    const baselines = store();
    await judge(baselines, 3);
    const changed = await judge(baselines, 6);
    expect(changed.reasons[0]).toBe("27 pixels changed, at most 3 may");
    expect(changed.diff).toBeDefined();
    const [proposal] = await proposalsOf(baselines, { canary: "shop" }, signal);
    expect(proposal).toMatchObject({ canary: "shop", viewport: "20x10", version: "153.0" });
    expect(Buffer.compare(proposal?.picture ?? Buffer.alloc(0), picture(6))).toBe(0);
    expect(Buffer.compare(proposal?.baseline ?? Buffer.alloc(0), picture(3))).toBe(0);
    await approve(
      baselines,
      [proposal].filter((one) => one !== undefined),
      signal,
    );
    expect(await judge(baselines, 6)).toMatchObject({ verdict: "same", standing: "approved" });
    expect(await proposalsOf(baselines, { canary: "shop" }, signal)).toEqual([]);
    expect(await judge(baselines, 3)).toMatchObject({ verdict: "changed" });
  });

  test("that is as it was again is no proposal any more", async () => {
    const baselines = store();
    await judge(baselines, 3);
    await approve(baselines, await proposalsOf(baselines, { canary: "shop" }, signal), signal);
    await judge(baselines, 6);
    expect(await proposalsOf(baselines, { canary: "shop", step: KEY.step }, signal)).toHaveLength(1);
    await judge(baselines, 3);
    expect(await proposalsOf(baselines, { canary: "shop", step: KEY.step }, signal)).toEqual([]);
  });

  test("of a new browser is proposed, and says how it differs from that of the one before", async () => {
    const baselines = store();
    await judge(baselines, 3, "99.0");
    await approve(baselines, await proposalsOf(baselines, { canary: "shop" }, signal), signal);
    const first = await judge(baselines, 6, "153.0");
    expect(first).toMatchObject({ verdict: "new-browser", comparedVersion: "99.0", comparison: { pixels: 27 } });
    expect(await judge(baselines, 6, "153.0")).toMatchObject({ verdict: "same", standing: "new-browser" });
  });

  test("within the limits is the same", async () => {
    const baselines = store();
    await judge(baselines, 0);
    expect(await judge(baselines, 1)).toMatchObject({ verdict: "same", comparison: { pixels: 1 } });
  });

  test("has a name of its own, also when a path cannot hold the step's", async () => {
    const baselines = store();
    for (const step of ["a/b", "a?b", "a-b", "..", "."]) {
      await judgePicture(baselines, { ...KEY, step }, picture(1), OPTIONS, signal);
    }
    expect(baselines.names()).toHaveLength(5);
    for (const name of baselines.names()) expect(name).toMatch(/^shop\/[\w-][\w.-]*\/20x10\/153\.0\.first\.png$/);
  });
});
