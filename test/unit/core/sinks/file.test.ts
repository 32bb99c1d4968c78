import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { archivePath, fileSink } from "@belfry/core/sinks/file";
import { DuckDBInstance } from "@duckdb/node-api";
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
    "writes an archive of many writes that DuckDB reads whole (%s)",
    async (compression) => {
      let nowMs = NOW_MS;
      const pathAt = archivePath(path.join(folder, "logs"), "run-1", compression);
      const sink = fileSink({ name: "archive", clock: { now: () => nowMs }, pathAt, compression });
      for (let i = 0; i < 6; i++) {
        if (i === 4) nowMs += 3_600_000;
        const batch = routedBatch(
          ["archive"],
          ["a", "b", "c"].map((text) => `${text}${i}`),
        );
        await sink.write(batch, allRecords(batch), IN_TIME);
      }
      const connection = await (await DuckDBInstance.create()).connect();
      const files = path.join(folder, "logs/**/*.ndjson.*");
      const result = await connection.runAndReadAll(
        `select dt::varchar, hour::varchar, count(*), min(message), max(message)
       from read_json('${files}', format = 'newline_delimited', hive_partitioning = true) group by all order by all`,
      );
      expect(result.getRows()).toEqual([
        ["2026-11-22", "03", 12n, "a0", "c3"],
        ["2026-11-22", "04", 6n, "a4", "c5"],
      ]);
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
