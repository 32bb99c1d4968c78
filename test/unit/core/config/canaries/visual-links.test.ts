import { Canaries, needsBrowser } from "@belfry/core/config/canaries/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const parsed = (canary: object) => Canaries.parse({ canary }).canary;
const isAccepted = (canary: object) => Canaries.safeParse({ canary }).success;

const VISUAL = { kind: "visual", urls: ["https://shop.example.com/"] };
const LINKS = { kind: "links", url: "https://shop.example.com/" };

describe("a visual canary", () => {
  test("has limits that a percentage of the picture would not see", () => {
    expect(parsed(VISUAL)).toMatchObject({
      limits: { maxPixels: 50, maxClusterPixels: 25, clusterDistance: 10, windowSize: 64, maxInWindow: 25 },
      failOnVariance: true,
      withoutBaseline: "pass",
    });
  });

  test("takes CloudWatch's coordinates, and nothing else, up to twenty", () => {
    const area = fc.array(fc.tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.nat(99)), {
      minLength: 4,
      maxLength: 4,
    });
    fc.assert(
      fc.property(area, (numbers) => {
        const coordinates = numbers.map(([whole, part]) => `${whole}.${part}`).join(",");
        expect(isAccepted({ ...VISUAL, ignore: { areas: [coordinates] } })).toBe(true);
      }),
    );
    for (const wrong of ["1,2,3", "1,2,3,4,5", "1, 2, 3, 4", "12345678,0,1,1", "1.234,0,1,1", "a,b,c,d"]) {
      expect(isAccepted({ ...VISUAL, ignore: { areas: [wrong] } }), wrong).toBe(false);
    }
    const areas = (count: number) => Array.from({ length: count }, () => "0,0,10,10");
    expect(isAccepted({ ...VISUAL, ignore: { areas: areas(20) } })).toBe(true);
    expect(isAccepted({ ...VISUAL, ignore: { areas: areas(21) } })).toBe(false);
  });

  test("leaves the limits that a URL does not name to the canary", () => {
    const canary = parsed({ ...VISUAL, urls: [{ url: "https://a.example/", limits: { maxPixels: 9 } }] });
    expect(canary).toMatchObject({ urls: [{ limits: { maxPixels: 9 } }] });
    expect(JSON.stringify(canary)).toContain('"limits":{"maxPixels":9}');
  });
});

describe("a link checker", () => {
  test("counts a hundred links, of one page, in the browser", () => {
    const canary = parsed(LINKS);
    expect(canary).toMatchObject({ maxLinks: 100, depth: 0, browser: true, failOn: ["broken"], fragments: true });
    expect(canary !== undefined && needsBrowser(canary)).toBe(true);
  });

  test("does without a browser", () => {
    const canary = parsed({ ...LINKS, browser: false });
    expect(canary !== undefined && needsBrowser(canary)).toBe(false);
  });
});
