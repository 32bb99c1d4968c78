import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { systemClock } from "@belfry/core/platform/clock";
import { folderQuarantine, readQuarantine } from "@belfry/core/sinks/quarantine-folder";
import type { QuarantineEntry } from "@belfry/core/sinks/sink";
import { belfryFolder } from "@belfry/local/belfry-folder";
import { replayCommand } from "@belfry/local/commands/replay";
import { searchCommand } from "@belfry/local/commands/search";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeTerminal } from "../fake-terminal.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "belfry-replay-"));
  await writeFile(
    path.join(root, "belfry.config.json"),
    JSON.stringify({
      sinks: { archive: { type: "archive" }, copy: { type: "file", path: path.join(root, "copy.ndjson") } },
    }),
  );
});
afterEach(() => rm(root, { recursive: true }));

const resource = {
  account: "111122223333",
  region: "eu-central-1",
  regionAssumed: false,
  logGroup: "g",
  logStream: "s",
};

function entry(
  id: string,
  reason: string,
  original: string | Buffer,
  more: Partial<QuarantineEntry> = {},
): QuarantineEntry {
  return {
    id: id.padEnd(32, "0"),
    reason,
    origin: `kinesis:${id}`,
    resource,
    original: Buffer.from(original),
    ...more,
  };
}

async function quarantine(...entries: QuarantineEntry[]): Promise<void> {
  const { quarantine: directory, quarantineKey: keyFile } = belfryFolder(root);
  await folderQuarantine({ directory, keyFile }, { clock: systemClock, random: Math.random }).put(entries);
}

async function left(): Promise<string[]> {
  const { quarantine: directory, quarantineKey: keyFile } = belfryFolder(root);
  const ids: string[] = [];
  for await (const { entries } of readQuarantine({ directory, keyFile }))
    ids.push(...entries.map(({ id }) => id.replace(/0+$/, "")));
  return ids.sort();
}

async function run(command: "replay" | "search", ...args: string[]) {
  const terminal = new FakeTerminal();
  const parsed = command === "replay" ? replayCommand(terminal, {}) : searchCommand(terminal, {});
  const config = command === "replay" ? ["--config", path.join(root, "belfry.config.json")] : [];
  await parsed.exitOverride().parseAsync(["--dir", root, ...config, ...args], { from: "user" });
  return terminal;
}

async function archived(): Promise<{ id: string; message: string }[]> {
  const { printed } = await run("search", "--json", "--sort", "belfry.id:asc");
  return printed
    .flatMap((text) => text.split("\n"))
    .map((line) => ({ id: JSON.parse(line).belfry.id.replace(/0+$/, ""), message: JSON.parse(line).message }));
}

describe("belfry replay from the quarantine", () => {
  it("sends records through again under their ids, and takes them out", async () => {
    await quarantine(
      entry("a1", "opensearch mapper_parsing_exception", "ERROR one\n at two"),
      entry("b1", "another", "INFO ann@example.com"),
    );
    const { exitCode, notes } = await run("replay");
    expect({ exitCode, notes }).toEqual({ exitCode: 0, notes: ["2 entries replayed"] });
    expect(await archived()).toEqual([
      { id: "a1", message: "ERROR one\n at two" },
      { id: "b1", message: "INFO ***************" },
    ]);
    expect(await left()).toEqual([]);
    expect((await run("replay")).notes).toEqual(["the quarantine is empty"]);
  });

  it("decodes what never was decoded, so that records get the ids that they would have had", async () => {
    const envelope = {
      messageType: "DATA_MESSAGE",
      owner: "1",
      logGroup: "g",
      logStream: "s",
      subscriptionFilters: [],
      logEvents: [{ id: "9", timestamp: 1, message: "from an envelope" }],
    };
    await quarantine(
      entry("c1", "retries exhausted", gzipSync(JSON.stringify(envelope))),
      entry("d1", "bad base64", "#".repeat(40)),
    );
    await run("replay");
    expect((await archived()).map(({ message }) => message)).toEqual(["from an envelope"]);
    expect(await left()).toHaveLength(1);
  });

  it("sends what a sink refused to that sink alone, and keeps what waits for one that is not here", async () => {
    await quarantine(
      entry("e1", "refused", "one", { sink: "copy" }),
      entry("f1", "refused", "two", { sink: "search" }),
    );
    const { exitCode, notes } = await run("replay");
    expect(exitCode).toBe(3);
    expect(notes).toEqual(["1 entry replayed", '1 entry waits for the sink "search", which is not here']);
    expect(await readdir(root)).toContain("copy.ndjson");
    expect(await readdir(root)).not.toContain("archive");
    expect(await left()).toEqual(["f1"]);
  });

  it("replays only what a query or an event pattern wants", async () => {
    await quarantine(entry("a1", "bad thing", "one"), entry("b1", "bad thing", "two"), entry("c1", "worse", "three"));
    await run("replay", "--filter", 'reason:"bad thing" AND message:two');
    expect(await left()).toEqual(["a1", "c1"]);
    await run("replay", "--filter", '{"reason":[{"prefix":"wor"}]}');
    expect(await left()).toEqual(["a1"]);
  });

  it("replays an entry that is there twice once", async () => {
    await quarantine(entry("a1", "x", "one"));
    await quarantine(entry("a1", "x", "one"));
    expect((await run("replay")).notes).toEqual(["1 entry replayed, 1 repeated"]);
    expect(await left()).toEqual([]);
  });

  it("changes nothing in a dry run, and says what would become of it", async () => {
    await quarantine(entry("a1", "x", "one"), entry("b1", "x", "two", { sink: "copy" }));
    const { printed, notes } = await run("replay", "--dry-run", "--json");
    expect(JSON.parse(printed[0])).toMatchObject({
      received: 2,
      sinks: { archive: { delivered: 1 }, copy: { delivered: 1 } },
    });
    expect(notes).toContain("a dry run: nothing was delivered, and nothing changed");
    expect(await left()).toEqual(["a1", "b1"]);
    expect(await readdir(root)).not.toContain("archive");
  });
});

describe("belfry replay from the archive", () => {
  it("sends documents to one sink as they stand, each id once", async () => {
    await quarantine(entry("a1", "x", '{"level":"info","n":1}'), entry("b1", "x", "plain text"));
    await run("replay");
    const before = await run("search", "--json", "--sort", "belfry.id:asc");
    const { notes } = await run(
      "replay",
      "--archive",
      "--sink",
      "copy",
      "--filter",
      "event.dataset:(app.json OR app.text)",
    );
    expect(notes).toEqual(["2 documents replayed to copy"]);
    const copy = await readFile(path.join(root, "copy.ndjson"), "utf8");
    expect(copy.trim().split("\n").sort()).toEqual(before.printed.flatMap((text) => text.split("\n")).sort());
  });

  it("wants to know the sink, and that there is an archive", async () => {
    await expect(run("replay", "--archive")).rejects.toThrow("--archive needs --sink");
    await expect(run("replay", "--archive", "--sink", "copy")).rejects.toThrow("there is no archive");
    await expect(run("replay", "--sink", "copy")).rejects.toThrow("are for --archive");
    await expect(run("replay", "--filter", "a:")).rejects.toThrow("cannot read the query");
  });
});
