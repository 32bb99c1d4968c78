import { resolve } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";

const CANARIES = resolve(import.meta.dirname, "../../../../packages/core/src/canaries");

// What runs canaries without a browser must not carry one: its bundle is small, and starts fast.
test.each([
  "run-canary",
  "kinds/api",
  "kinds/multi-check",
  "kinds/script",
  "kinds/heartbeat",
  "kinds/browserless-kinds",
])("%s does without a browser", async (entry) => {
  const { metafile } = await build({
    entryPoints: [`${CANARIES}/${entry}.ts`],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    external: ["@aws-sdk/*"],
  });
  const inputs = Object.keys(metafile.inputs).filter((path) => /playwright|chromium|pixelmatch|pngjs/.test(path));
  expect(inputs).toEqual([]);
});
