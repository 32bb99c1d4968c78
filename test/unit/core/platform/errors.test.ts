import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

describe("error codes", () => {
  it("are those of docs/errors.md, each with what to do", async () => {
    const root = new URL("../../../../", import.meta.url);
    const code = await readFile(new URL("packages/core/src/platform/errors.ts", root), "utf8");
    const page = await readFile(new URL("docs/errors.md", root), "utf8");
    const inCode = [...code.matchAll(/^ {2}\| "([A-Z_]+)"/gm)].map((match) => match[1]);
    const inPage = [...page.matchAll(/^\| `([A-Z_]+)` \| [^|]+ \| [^|]+ \|$/gm)].map((match) => match[1]);
    expect(inPage).toEqual(inCode);
    expect(inCode.length).toBeGreaterThan(5);
  });
});
