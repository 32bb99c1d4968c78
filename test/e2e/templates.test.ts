// What `npm run synth` writes, looked over by cfn-lint, which knows more of CloudFormation's rules than the CDK's own validation.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { PROFILES } from "../../scripts/synth/profiles.ts";
import { unlessMissing } from "./support/missing-part.ts";
import { pythonPrograms } from "./support/python-part.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const VERSION = "1.58.0";

/**
 * Not errors: the CDK names dependencies that a reference implies already, and joins ARNs where cfn-lint would substitute. Findings of an outdated specification would
 * stand here too, each by its name; there is none.
 */
const IGNORED = ["I", "W3005", "W3694"];

interface Finding {
  readonly Filename: string;
  readonly Rule: { readonly Id: string };
  readonly Message: string;
  readonly Location: { readonly Path: readonly (string | number)[] };
}

const programs = await unlessMissing(async () => pythonPrograms("cfn-lint", VERSION, "the templates, with cfn-lint"));

describe("npm run synth", () => {
  let synth: ReturnType<typeof spawnSync>;

  beforeAll(() => {
    // No credentials, no region, no home folder to read them from.
    const env = { PATH: process.env.PATH ?? "", HOME: resolve(ROOT, ".cache/nobody") };
    synth = spawnSync(process.execPath, ["scripts/synth.ts"], { cwd: ROOT, encoding: "utf8", env });
  });

  test("synthesizes every profile without credentials, and finds nothing that is not explained", () => {
    expect(synth, `${synth.stdout}\n${synth.stderr}`).toMatchObject({ status: 0 });
  });

  test.skipIf(programs === undefined)("cfn-lint finds nothing in any template", () => {
    const templates = PROFILES.flatMap(({ name }) => globSync(`cdk.out/${name}/*.template.json`, { cwd: ROOT }));
    expect(templates.length).toBeGreaterThan(20);
    const args = [
      "--format",
      "json",
      "--non-zero-exit-code",
      "none",
      "--ignore-checks",
      ...IGNORED,
      "--",
      ...templates,
    ];
    const { stdout, stderr, status } = spawnSync(resolve(programs ?? "", "cfn-lint"), args, {
      cwd: ROOT,
      encoding: "utf8",
      maxBuffer: 100_000_000,
    });
    expect(status, stderr).toBe(0);
    expect((JSON.parse(stdout) as Finding[]).map(wordsOf)).toEqual([]);
  });
});

function wordsOf({ Filename, Rule, Message, Location }: Finding): string {
  return `${Filename}: ${Rule.Id} ${Location.Path.join("/")}: ${Message}`;
}
