import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { formatEntries, reasonSlug } from "@belfry/core/event/quarantine-entry";
import { parseEntries } from "@belfry/core/event/quarantine-lines";
import { folderQuarantine, readQuarantine } from "@belfry/core/sinks/quarantine-folder";
import { s3Quarantine } from "@belfry/core/sinks/quarantine-s3";
import { seal, unseal } from "@belfry/core/sinks/sealed-file";
import type { QuarantineEntry } from "@belfry/core/sinks/sink";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOW_MS } from "../../../support/sink-batch.ts";

const resource = { account: "123456789012", region: "eu-central-1", regionAssumed: false };

const entry = (given: Partial<QuarantineEntry> = {}): QuarantineEntry => ({
  id: "0".repeat(32),
  reason: "opensearch mapper_parsing_exception",
  origin: "kinesis:logs/shardId-0:1",
  resource,
  original: Buffer.from('{"password":"in clear"}'),
  ...given,
});

const anyEntry: fc.Arbitrary<QuarantineEntry> = fc
  .record(
    {
      id: fc.string(),
      reason: fc.string({ unit: "binary" }),
      origin: fc.string(),
      original: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      sink: fc.string(),
      time: fc.integer(),
      resource: fc.constantFrom(
        resource,
        { ...resource, logGroup: "/g", logStream: "s", subscriptionFilters: ["f"] },
        { ...resource, object: { bucket: "b", key: "k", version: "v" }, stream: "arn" },
      ),
    },
    { requiredKeys: ["id", "reason", "origin", "original", "resource"] },
  )
  .map((made) => made as QuarantineEntry);

describe("quarantine entries", () => {
  it("are read as they were written, whatever their bytes", () => {
    fc.assert(
      fc.property(fc.array(anyEntry), (entries) => {
        expect(parseEntries(formatEntries(entries))).toEqual(entries);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(["not json", '{"id":"x"}', ""])("are refused by line when they are none: %s", (line) => {
    expect(() => parseEntries(`${formatEntries([entry()])}${line}\n`)).toThrowError(/^line 2 is not an entry/);
  });

  it("have their reason in the path", () => {
    expect(reasonSlug("opensearch mapper_parsing_exception")).toBe("opensearch-mapper-parsing-exception");
    expect(reasonSlug("../../etc")).toBe("etc");
    expect(reasonSlug("?")).toBe("unknown");
  });
});

describe("sealed files", () => {
  const key = Buffer.alloc(32, 1);

  it("give back what was sealed", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => unseal(seal(bytes, key), key).equals(bytes)),
      { numRuns: 1000 },
    );
  });

  it("do not open with another key, when changed, cut off, or when they are none", () => {
    const sealed = seal(Buffer.from("secret"), key);
    const changed = Buffer.from(sealed);
    changed[changed.length - 1] ^= 1;
    const cases = [
      [sealed, Buffer.alloc(32, 2)],
      [changed, key],
      [sealed.subarray(0, 20), key],
      [Buffer.from("text"), key],
    ] as const;
    for (const [bytes, other] of cases)
      expect(() => unseal(bytes, other)).toThrowError(/^not a file sealed with this key/);
  });
});

describe("the quarantine in S3", () => {
  const options = { clock: { now: () => NOW_MS }, random: () => 0, sleep: async () => undefined };

  it("keeps one object for each reason", async () => {
    const puts: { key: string; body: Uint8Array }[] = [];
    const quarantine = s3Quarantine({ put: async (object) => void puts.push(object), ...options });
    const other = entry({ reason: "bad base64" });
    await quarantine.put([entry(), other, entry()]);
    expect(puts.map(({ key }) => key)).toEqual([
      "quarantine/reason=opensearch-mapper-parsing-exception/dt=2026-11-22/hour=03/20261122T031500000Z-00000000.ndjson.gz",
      "quarantine/reason=bad-base64/dt=2026-11-22/hour=03/20261122T031500000Z-00000000.ndjson.gz",
    ]);
    expect(parseEntries(gunzipSync(puts[1].body).toString("utf8"))).toEqual([other]);
  });

  it("tries again, and raises when entries could not be kept", async () => {
    let failures = 2;
    const put = async () => {
      if (failures-- > 0) throw new Error("reset");
    };
    await s3Quarantine({ put, ...options }).put([entry()]);
    failures = 100;
    await expect(s3Quarantine({ put, ...options }).put([entry()])).rejects.toMatchObject({
      code: "UNAVAILABLE",
      retryable: true,
    });
  });
});

describe("the quarantine in a folder", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), "belfry-quarantine-"));
  });
  afterEach(() => rm(root, { recursive: true }));

  const folder = () => ({ directory: path.join(root, "quarantine"), keyFile: path.join(root, "quarantine.key") });
  const options = { clock: { now: () => NOW_MS }, random: Math.random };
  const filesIn = async () => {
    const found = await readdir(root, { recursive: true, withFileTypes: true });
    return found.filter((file) => file.isFile()).map((file) => path.join(file.parentPath, file.name));
  };
  const read = async () => {
    const entries: QuarantineEntry[] = [];
    for await (const file of readQuarantine(folder())) entries.push(...file.entries);
    return entries;
  };

  it("gives back what was put, by another process too", async () => {
    const other = entry({ reason: "bad base64", original: Buffer.from([0, 255]) });
    await folderQuarantine(folder(), options).put([entry()]);
    await folderQuarantine(folder(), options).put([other]);
    expect(await read()).toEqual([other, entry()]);
  });

  it("keeps nothing readable without the key, and nothing for others than the owner", async () => {
    await folderQuarantine(folder(), options).put([entry()]);
    const files = await filesIn();
    expect(files).toHaveLength(3);
    for (const file of files) {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const bytes = await readFile(file);
      for (const text of [bytes.toString("latin1"), bytes.toString("base64")]) expect(text).not.toContain("password");
    }
    expect(await readFile(path.join(folder().directory, "README.txt"), "utf8")).toContain("NOT redacted");
  });

  it("says when the key is not there, or is no key", async () => {
    await folderQuarantine(folder(), options).put([entry()]);
    await writeFile(folder().keyFile, "short");
    await expect(read()).rejects.toMatchObject({ code: "BAD_PAYLOAD" });
    await rm(folder().keyFile);
    await expect(read()).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("is empty where there is no folder", async () => {
    expect(await read()).toEqual([]);
  });

  it("raises when it cannot keep entries, and keeps them once it can", async () => {
    const blocked = { directory: path.join(root, "file", "quarantine"), keyFile: folder().keyFile };
    await writeFile(path.join(root, "file"), "");
    const quarantine = folderQuarantine(blocked, options);
    await expect(quarantine.put([entry()])).rejects.toThrow();
    await rm(path.join(root, "file"));
    await quarantine.put([entry()]);
    expect(await filesIn()).toHaveLength(3);
  });
});
