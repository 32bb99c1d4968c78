import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { archivePath, fileSink } from "@belfry/core/sinks/file";
import { archiveFiles } from "@belfry/local/search/archive-files";
import { searchArchive } from "@belfry/local/search/archive-search";
import { parseQuery } from "@belfry/local/search/query-parser";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { allRecords, NOW_MS, routedBatch } from "../../../support/sink-batch.ts";

const IN_TIME = { signal: new AbortController().signal };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "belfry-file-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("the file sink", () => {
  it.each(["gzip", "zstd"] as const)(
    "writes an archive of many writes that a search reads whole (%s)",
    async (compression) => {
      let nowMs = NOW_MS;
      const pathAt = archivePath(path.join(folder, "logs"), "run-1", compression);
      const sink = fileSink({ name: "archive", clock: { now: () => nowMs }, pathAt, compression });
      const written: string[] = [];
      for (let i = 0; i < 6; i++) {
        if (i === 4) nowMs += 3_600_000;
        const batch = routedBatch(["archive"], ["a", "b", "c"], `write-${i}`);
        written.push(...allRecords(batch).map((record) => batch.documentOf(record)));
        await sink.write(batch, allRecords(batch), IN_TIME);
      }
      const { files } = await archiveFiles(folder, {}, 0);
      const extension = compression === "gzip" ? "gz" : "zst";
      expect(files.map((file) => path.relative(folder, file))).toEqual([
        `logs/dt=2026-11-22/hour=03/run-1.ndjson.${extension}`,
        `logs/dt=2026-11-22/hour=04/run-1.ndjson.${extension}`,
      ]);
      const found: string[] = [];
      for await (const document of searchArchive(files, { query: parseQuery("*", NOW_MS), range: {} }))
        found.push(document);
      expect(found.sort()).toEqual(written.sort());
    },
  );

  it("appends to a file that is there", async () => {
    const file = path.join(folder, "out.ndjson");
    await writeFile(file, "before\n");
    const sink = fileSink({ name: "out", clock: { now: () => NOW_MS }, pathAt: () => file });
    const batch = routedBatch(["out"], ["a"]);
    await sink.write(batch, [0], IN_TIME);
    expect(await readFile(file, "utf8")).toBe(`before\n${batch.documentOf(0)}\n`);
  });
});
