import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createLogger } from "@belfry/core/platform/logger";
import { createCorrector } from "@belfry/core/remediation/corrector";
import { correctionRequests } from "@belfry/core/remediation/request";
import { belfryFolder } from "@belfry/local/belfry-folder";
import { incidentsCommand } from "@belfry/local/commands/incidents";
import { openSqliteTable } from "@belfry/local/on-call/sqlite-table";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openedOf, ruleOf, signal } from "../../../support/corrections.ts";
import { FakeTerminal } from "../fake-terminal.ts";

let folder: string;
let request: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "belfry-approve-"));
  const rule = { matchers: ['alertname="down"'], run: { type: "ec2-recover" }, dryRun: false };
  const config = `export default ${JSON.stringify({ oncall: { corrections: { restart: rule } } })};`;
  await writeFile(path.join(folder, "belfry.config.mjs"), config);
  const clock = { now: () => Date.now() };
  const table = openSqliteTable(belfryFolder(folder).state, clock.now());
  const rules = { restart: ruleOf({ approval: true }) };
  const { writes, dues } = correctionRequests(rules, openedOf(), clock.now());
  await table.transact(writes, signal);
  request = dues[0]?.key ?? "";
  const corrector = createCorrector({
    ...{
      table,
      clock,
      rules,
      runs: { start: async () => "", outcome: async () => ({ state: "running", detail: "" }) },
    },
    logger: createLogger({ level: "off" }),
    sendDue: async () => undefined,
    keepDues: () => [],
    tell: async () => ({ writes: [], dues: [] }),
  });
  await corrector.due({ kind: "correction", key: request, at: 0 }, signal);
  table.close();
});
afterAll(() => rm(folder, { recursive: true }));

async function approve(id: string, ...options: string[]): Promise<{ printed: string[]; exitCode: number }> {
  const terminal = new FakeTerminal();
  const place = ["--dir", folder, "--config", path.join(folder, "belfry.config.mjs")];
  await incidentsCommand(terminal, {}, () => "ada")
    .exitOverride()
    .parseAsync(["approve", id, ...place, ...options], { from: "user" });
  return { printed: [...terminal.printed], exitCode: terminal.exitCode };
}

it("approves what waits, once, and says what came of it", async () => {
  const first = await approve(request);
  expect(first).toMatchObject({ exitCode: 0, printed: [expect.stringContaining("is approved, and run by")] });
  expect(await approve(request, "--json")).toEqual({
    exitCode: 1,
    printed: [JSON.stringify({ request, outcome: "approved-already" })],
  });
  expect((await approve("ffff")).printed[0]).toContain("is not known here");
});
