import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BelfryError } from "../../packages/core/src/platform/errors.ts";
import { openSegment, xrayTracer } from "../../packages/core/src/platform/xray-tracer.ts";
import { traceCommand } from "../../packages/local/src/commands/trace.ts";
import { startXRayDaemon, type XRayDaemon } from "../../packages/local/src/xray-daemon.ts";

let folder: string;
let daemon: XRayDaemon;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "belfry-traces-"));
  daemon = await startXRayDaemon({ folder: join(folder, "traces") });
  env = { AWS_XRAY_DAEMON_ADDRESS: daemon.address };
});

afterEach(async () => {
  await daemon.close();
  await rm(folder, { recursive: true });
});

async function belfryTrace(...args: string[]): Promise<string> {
  const printed: string[] = [];
  await traceCommand((text) => printed.push(text)).parseAsync([...args, "--dir", folder], { from: "user" });
  return printed.join("\n");
}

it("lists traces, shows one as a timeline, and sums up their parts", async () => {
  expect(await belfryTrace("list")).toContain("no traces in");
  for (const fails of [false, true]) {
    const segment = await openSegment("belfry-ingest", undefined, env);
    await xrayTracer({ env })
      .trace("ingest", segment.header, { records: 5 }, (span) => {
        if (fails) throw new BelfryError("UNAVAILABLE", "no answer");
        span.child("decode", Date.now(), Date.now() + 1);
      })
      .catch(() => undefined);
    await segment.close(fails ? new Error("invocation failed") : undefined);
  }
  await daemon.settled();
  const [second, first] = (await belfryTrace("list", "--json")).split("\n").map((line) => JSON.parse(line));

  const list = await belfryTrace("list");
  expect(list.split("\n")[1]).toMatch(new RegExp(`^${second.id}  .* belfry-ingest .*  failed  2$`));
  expect(list.split("\n")[2]).toMatch(new RegExp(`^${first.id}  .* belfry-ingest .*  ok  3$`));
  expect((await belfryTrace("list", "--failed", "--json")).split("\n").map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      id: second.id,
      root: "belfry-ingest",
      state: "failed",
      connected: true,
      segments: 1,
      nodes: 2,
    }),
  ]);

  const timeline = await belfryTrace("show", "last");
  expect(timeline).toContain(second.id);
  expect(timeline).toMatch(/^ {2}ingest +█+ .* ms {2}fault records=5$/m);
  expect(timeline).toContain("! BelfryError UNAVAILABLE: no answer");
  const shown = JSON.parse(await belfryTrace("show", first.id, "--json"));
  expect(shown).toMatchObject({ id: first.id, tree: [{ name: "belfry-ingest", children: [{ name: "ingest" }] }] });

  expect(await belfryTrace("nodes")).toMatch(/^ingest +subsegment +2 +0.0 % +50.0 % /m);
  await expect(belfryTrace("show", "1-ffffffff")).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(belfryTrace("show", "1-")).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
});

it("takes what is not a trace file, and a line that was cut off, for nothing", async () => {
  await mkdir(join(folder, "traces"), { recursive: true });
  await writeFile(join(folder, "traces", "2026-01-02.ndjson"), '{"id":"53995c3f42cd8ad8","name":');
  await writeFile(join(folder, "traces", "notes.txt"), "{}");
  expect(await belfryTrace("list")).toContain("no traces in");
});

it("refuses a limit that is no number", async () => {
  const command = traceCommand(() => undefined).exitOverride();
  for (const subcommand of command.commands) subcommand.exitOverride().configureOutput({ writeErr: () => undefined });
  await expect(command.parseAsync(["list", "--limit", "many"], { from: "user" })).rejects.toThrow(
    "a whole number above 0",
  );
});
