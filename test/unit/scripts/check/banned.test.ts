import { expect, it } from "vitest";
import { banned } from "../../../../scripts/check/banned.ts";

// Each fault is put together here, so that this file does not hold it.
const FAULTS: Record<string, string> = {
  "an absolute path of one machine": `read("/ho${"me"}/ann/belfry")`,
  "a Windows home folder": `read("C:\\Us${"ers"}\\ann")`,
  "work left for later": `// TO${"DO"} later`,
  "an empty catch": "try { run(); } catch (error) " + "{\n}",
  "an empty catch without a binding": "try { run(); } catch " + "{ }",
  "a test that runs alone": `it.on${"ly"}("x", run)`,
  "a test that is left out": `describe.sk${"ip"}("x", run)`,
  "a silenced compiler": `// @ts-ig${"nore"}`,
  "a silenced linter": `// biome-ig${"nore"} lint/suspicious/noExplicit${"Any"}: because`,
};

for (const [name, text] of Object.entries(FAULTS)) {
  it(`finds ${name}`, () => {
    expect(banned([{ path: "a.ts", text: `const a = 1;\n${text}\n` }])).toEqual([
      expect.stringMatching(/^a\.ts:\d+: /),
    ]);
  });
}

it("leaves alone what only looks like it", () => {
  const text =
    'get("/homepage"); get("https://example.com/home/x"); it.skipIf(no)("x", run); catch (error) { log(error); }';
  expect(banned([{ path: "a.ts", text }])).toEqual([]);
});

it("holds pages to the machine paths only", () => {
  const text = `a TO${"DO"} list and /ro${"ot"}/x`;
  expect(banned([{ path: "a.md", text }])).toEqual([expect.stringContaining("a.md:1: ")]);
});
