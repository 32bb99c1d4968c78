import { firehoseSink } from "@belfry/core/sinks/firehose";
import { describe, expect, it } from "vitest";
import { allRecords, routedBatch } from "../../../support/sink-batch.ts";

async function recordsOf(pack: boolean | undefined): Promise<string[]> {
  const records: string[] = [];
  const sink = firehoseSink({
    name: "firehose",
    put: async (entries) => {
      records.push(...entries.map(({ data }) => Buffer.from(data).toString("utf8")));
      return entries.map(() => undefined);
    },
    random: () => 0.5,
    sleep: async () => undefined,
    ...(pack === undefined ? {} : { pack }),
  });
  const batch = routedBatch(["firehose"], ["one", "two", "three"]);
  await sink.write(batch, allRecords(batch), { signal: new AbortController().signal });
  return records;
}

describe("a Firehose sink", () => {
  it("packs documents, since Firehose bills by the record", async () => {
    expect((await recordsOf(undefined)).map((record) => record.split("\n").length - 1)).toEqual([3]);
  });

  it("gives each document a record of its own where that goes to OpenSearch", async () => {
    const records = await recordsOf(false);
    expect(records.map((record) => (JSON.parse(record) as { message: string }).message)).toEqual([
      "one",
      "two",
      "three",
    ]);
  });
});
