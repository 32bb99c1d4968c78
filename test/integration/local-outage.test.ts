import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseConfig } from "@belfry/core/config/load";
import { brokenIdentity, total } from "@belfry/core/event/fates";
import { Pace } from "@belfry/core/platform/pace";
import { readQuarantine } from "@belfry/core/sinks/quarantine-folder";
import type { QuarantineEntry } from "@belfry/core/sinks/sink";
import { type BelfryFolder, belfryFolder } from "@belfry/local/belfry-folder";
import { LocalAws } from "@belfry/local/runtime/local-aws";
import { replayQuarantine } from "@belfry/local/runtime/replay-quarantine";
import { SampleTraffic } from "@belfry/local/runtime/sample-traffic";
import { LOCAL_SITE, openSession, type Session } from "@belfry/local/runtime/session";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder: BelfryFolder;
beforeAll(async () => {
  folder = belfryFolder(await mkdtemp(path.join(tmpdir(), "belfry-outage-")));
});
afterAll(() => rm(folder.root, { recursive: true }));

/** A session whose one sink is a file; a folder in its place makes it fail, as a disk that is full would. */
function session(file: string): Promise<Session> {
  return openSession({
    config: parseConfig({ sinks: { disk: { type: "file", path: file } }, defaultRoute: ["disk"] }, "test"),
    folder,
    env: {},
    aws: false,
    onLog: () => undefined,
    logLevel: "off",
    colors: false,
  });
}

async function entries(): Promise<QuarantineEntry[]> {
  const all: QuarantineEntry[] = [];
  for await (const file of readQuarantine({ directory: folder.quarantine, keyFile: folder.quarantineKey }))
    all.push(...file.entries);
  return all;
}

describe("a sink that is down", () => {
  it("loses nothing: what the services give up is in the quarantine, from where it is replayed when the sink is back", async () => {
    const file = path.join(folder.root, "disk.ndjson");
    await mkdir(file);
    const down = await session(file);
    const aws = new LocalAws(down.runtime, down.host, LOCAL_SITE);
    await new SampleTraffic(aws, folder.objects, 1).once(new AbortController().signal);
    await aws.stop(0);
    await down.close();
    const { accounting } = down.runtime.ledger;
    expect(brokenIdentity(accounting)).toBeUndefined();
    expect(accounting.sinks.disk.delivered).toBe(0);
    expect(total(accounting.sinks.disk.retried)).toBe(accounting.sinks.disk.routed);

    const kept = await entries();
    const givenUp = kept.filter(({ reason }) => reason === "retries exhausted");
    const roads = Map.groupBy(givenUp, ({ origin }) => origin.split(":")[0]);
    expect(new Set(roads.keys())).toEqual(new Set(["kinesis", "sqs", "subscription"]));

    await rm(file, { recursive: true });
    const up = await session(file);
    const counts = await replayQuarantine({
      folder: { directory: folder.quarantine, keyFile: folder.quarantineKey },
      pipeline: up.runtime.pipeline,
      sinks: up.runtime.sinks,
      quarantine: up.runtime.quarantine,
      world: {
        config: up.runtime.config,
        getObject: up.runtime.getObject,
        signal: new AbortController().signal,
        now: Date.now(),
      },
      pace: new Pace(undefined, { now: Date.now }, async () => undefined),
      filter: () => true,
      dryRun: false,
    });
    await up.close();
    expect(counts.waiting.size).toBe(0);
    expect(brokenIdentity(up.runtime.ledger.accounting)).toBeUndefined();
    // All but the 30 records that Firehose's transformation answered itself, and the payload that is cut short.
    expect(up.runtime.ledger.accounting.sinks.disk.delivered).toBe(360);
    const left = await entries();
    expect(new Set(left.map(({ reason }) => reason))).toEqual(
      new Set(["bad compression: cannot be inflated: unexpected end of file"]),
    );
    expect(new Set(left.map(({ id }) => id)).size).toBe(1);
  });
});
