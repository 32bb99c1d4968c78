import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { firehosePut, kinesisPut, openSearchSender, s3Put } from "@belfry/core/platform/clients";
import { archivePath, fileSink } from "@belfry/core/sinks/file";
import { firehoseSink } from "@belfry/core/sinks/firehose";
import { kinesisSink } from "@belfry/core/sinks/kinesis";
import { openSearchSink } from "@belfry/core/sinks/opensearch";
import { unpackDocuments } from "@belfry/core/sinks/packing";
import { s3Sink } from "@belfry/core/sinks/s3";
import type { Sink } from "@belfry/core/sinks/sink";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type FakeAws, fakeAws, inflated } from "../support/fake-aws.ts";
import { type FakeOpenSearch, fakeOpenSearch } from "../support/fake-opensearch.ts";
import { allRecords, fatesAt, NOW_MS, routedBatch } from "../support/sink-batch.ts";

/** What is the same for every sink: AWS's behind their real clients, all against stand-ins on loopback. */
interface Member {
  readonly name: string;
  readonly start: () => Sink;
  /** What the destination holds now, in any order. */
  readonly documents: () => Promise<string[]>;
  /** Lets the next calls fail before an answer comes; undefined where there is no network. */
  readonly reset?: (times: number) => void;
  readonly hang?: () => void;
  /** Lets the destination refuse, once, what holds the text. */
  readonly refuseOnce?: (text: string) => void;
  /** Where it fails for good. */
  readonly broken: () => Sink;
  readonly brokenReason: RegExp;
}

const retrying = { random: Math.random, sleep: async () => undefined, retry: { baseMs: 1, capMs: 2, maxAttempts: 4 } };
const clock = { now: () => NOW_MS };
const REGION = "eu-central-1";

let aws: FakeAws;
let search: FakeOpenSearch;
let folder: string;

beforeAll(async () => {
  aws = await fakeAws();
  vi.stubEnv("AWS_ENDPOINT_URL", aws.url);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "key");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
});

beforeEach(async () => {
  search = await fakeOpenSearch();
  folder = await mkdtemp(path.join(tmpdir(), "belfry-sinks-"));
  for (const kept of [aws.records, aws.keys, aws.objects]) kept.clear();
  for (const list of [aws.calls, aws.faults, aws.refusals]) list.length = 0;
  aws.refuseRecord = () => undefined;
});

afterEach(async () => {
  await search.close();
  await rm(folder, { recursive: true });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

function resetAws(times: number): void {
  aws.faults.push(...Array<"reset">(times).fill("reset"));
}

function refuseRecordOnce(text: string): void {
  let refused = false;
  aws.refuseRecord = (data) => {
    if (refused || !data.includes(text)) return undefined;
    refused = true;
    return "ServiceUnavailableException";
  };
}

const streamMember = (name: "firehose" | "kinesis", sink: (stream: string) => Sink): Member => ({
  name,
  start: () => sink("logs"),
  documents: async () => (aws.records.get("logs") ?? []).flatMap(unpackDocuments),
  reset: resetAws,
  hang: () => void aws.faults.push("hang"),
  refuseOnce: refuseRecordOnce,
  broken: () => {
    aws.refusals.push("400 AccessDeniedException");
    return sink("logs");
  },
  brokenReason: new RegExp(`^retry: ${name} AccessDeniedException$`),
});

const fileMember = (compression: "gzip" | "zstd" | undefined): Member => ({
  name: `file (${compression ?? "plain"})`,
  start: () => {
    const pathAt =
      compression === undefined ? () => path.join(folder, "out.ndjson") : archivePath(folder, "run", compression);
    return fileSink({ name: "sink", clock, pathAt, ...(compression && { compression }) });
  },
  documents: async () => {
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    const texts = await Promise.all(files.map(async (file) => inflated(file, await readFile(file))));
    return texts.flatMap((text) => unpackDocuments(Buffer.from(text)));
  },
  broken: () => fileSink({ name: "sink", clock, pathAt: () => "/dev/null/out.ndjson" }),
  brokenReason: /^retry: file E[A-Z]+$/,
});

const members: readonly Member[] = [
  {
    name: "opensearch",
    start: () =>
      openSearchSink({ name: "sink", clock, send: openSearchSender(search.url, { service: "es" }), ...retrying }),
    documents: async () => [...search.store.documents.values()],
    reset: (times) => void search.faults.push(...Array<"reset">(times).fill("reset")),
    hang: () => void search.faults.push("hang"),
    refuseOnce: (text) =>
      search.store.script({ items: ({ document }) => (document.includes(text) ? { status: 429 } : undefined) }),
    broken: () => {
      search.store.script({ whole: { status: 403, reason: "no permissions for [indices:data/write/bulk]" } });
      return openSearchSink({
        name: "sink",
        clock,
        send: openSearchSender(search.url, { service: "es" }),
        ...retrying,
      });
    },
    brokenReason: /^retry: opensearch 403$/,
  },
  streamMember("firehose", (stream) => firehoseSink({ name: "sink", put: firehosePut(stream, REGION), ...retrying })),
  streamMember("kinesis", (stream) => kinesisSink({ name: "sink", put: kinesisPut(stream, REGION), ...retrying })),
  {
    name: "s3",
    start: () =>
      s3Sink({ name: "sink", clock, put: s3Put("bucket", REGION), prefix: "logs/", compression: "zstd", ...retrying }),
    documents: async () => [...aws.objects].flatMap(([key, body]) => unpackDocuments(Buffer.from(inflated(key, body)))),
    reset: resetAws,
    hang: () => void aws.faults.push("hang"),
    broken: () => {
      aws.refusals.push("403 AccessDenied");
      return s3Sink({
        name: "sink",
        clock,
        put: s3Put("bucket", REGION),
        prefix: "",
        compression: "gzip",
        ...retrying,
      });
    },
    brokenReason: /^retry: s3 \w+$/,
  },
  fileMember("gzip"),
  fileMember("zstd"),
  fileMember(undefined),
];

const IN_TIME = new AbortController().signal;
const MESSAGES = Array.from({ length: 300 }, (_, i) => `message ${i} "quoted" ✓ ${"x".repeat(i % 20)}`);

describe.each(members)("the $name sink", (member) => {
  const documentsOf = (batch: ReturnType<typeof routedBatch>) =>
    allRecords(batch).map((record) => batch.documentOf(record));

  it("delivers the very documents and settles each record", async () => {
    const batch = routedBatch(["sink"], MESSAGES);
    await member.start().write(batch, allRecords(batch), { signal: IN_TIME });
    expect(new Set(fatesAt(batch, "sink"))).toEqual(new Set(["delivered"]));
    expect((await member.documents()).sort()).toEqual(documentsOf(batch).sort());
  });

  it("writes those records only that it is given", async () => {
    const batch = routedBatch(["sink"], MESSAGES);
    const some = allRecords(batch).filter((record) => record % 3 === 1);
    await member.start().write(batch, some, { signal: IN_TIME });
    const wanted = documentsOf(batch).filter((_, record) => record % 3 === 1);
    expect((await member.documents()).sort()).toEqual(wanted.sort());
    expect(fatesAt(batch, "sink").filter((fate) => fate === "routed")).toHaveLength(200);
  });

  it("writes nothing for no records", async () => {
    await member.start().write(routedBatch(["sink"], ["a"]), [], { signal: IN_TIME });
    expect(await member.documents()).toEqual([]);
  });

  it("keeps two writes at once apart", async () => {
    const sink = member.start();
    const one = routedBatch(["sink"], MESSAGES);
    const two = routedBatch(
      ["sink"],
      MESSAGES.map((text) => `other ${text}`),
      "other",
    );
    await Promise.all([one, two].map((batch) => sink.write(batch, allRecords(batch), { signal: IN_TIME })));
    expect((await member.documents()).sort()).toEqual([...documentsOf(one), ...documentsOf(two)].sort());
  });

  it("keeps nothing of the batch, whose memory is used again", async () => {
    const sink = member.start();
    const batch = routedBatch(["sink"], MESSAGES);
    const first = documentsOf(batch);
    await sink.write(batch, allRecords(batch), { signal: IN_TIME });
    batch.documents.fill("#");
    expect((await member.documents()).sort()).toEqual(first.sort());
  });

  it("leaves records to be retried, and does not throw, where it is refused for good", async () => {
    const batch = routedBatch(["sink"], ["a", "b"]);
    await member.broken().write(batch, allRecords(batch), { signal: IN_TIME });
    for (const fate of fatesAt(batch, "sink")) expect(fate).toMatch(member.brokenReason);
  });

  it("leaves all records to be retried when the time is up before it begins", async () => {
    const batch = routedBatch(["sink"], ["a", "b"]);
    await member.start().write(batch, allRecords(batch), { signal: AbortSignal.abort() });
    expect(fatesAt(batch, "sink")).toEqual(["retry: deadline", "retry: deadline"]);
    expect(await member.documents()).toEqual([]);
  });

  const { reset, hang, refuseOnce } = member;

  if (reset !== undefined) {
    it("tries again when the connection breaks, and gives up in the end without throwing", async () => {
      reset(2);
      const batch = routedBatch(["sink"], ["a", "b"]);
      await member.start().write(batch, allRecords(batch), { signal: IN_TIME });
      expect(fatesAt(batch, "sink")).toEqual(["delivered", "delivered"]);
      reset(4);
      const other = routedBatch(["sink"], ["a", "b"]);
      await member.start().write(other, allRecords(other), { signal: IN_TIME });
      for (const fate of fatesAt(other, "sink")) expect(fate).toMatch(/^retry: \w+ ECONNRESET$/);
    });
  }

  if (hang !== undefined) {
    it("leaves what hangs to be retried when the time is up", async () => {
      hang();
      const batch = routedBatch(["sink"], ["a", "b"]);
      await member.start().write(batch, allRecords(batch), { signal: AbortSignal.timeout(50) });
      expect(fatesAt(batch, "sink")).toEqual(["retry: deadline", "retry: deadline"]);
    });
  }

  if (refuseOnce !== undefined) {
    it("sends again what was refused, and nothing else", async () => {
      // Each too long to be packed with the next, so that a part of a call can be refused.
      const large = Array.from({ length: 6 }, (_, i) => `number ${i} ${"x".repeat(600_000)}`);
      refuseOnce("number 2 ");
      const batch = routedBatch(["sink"], large);
      await member.start().write(batch, allRecords(batch), { signal: IN_TIME });
      expect(fatesAt(batch, "sink")).toEqual(Array(6).fill("delivered"));
      expect((await member.documents()).sort()).toEqual(documentsOf(batch).sort());
    });
  }
});
