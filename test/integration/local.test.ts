import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const COMMAND = path.resolve("packages/local/src/command.ts");

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "belfry-local-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command as a user would, in a folder of its own and without AWS or OpenSearch in the environment. */
function belfry(
  args: readonly string[],
  options: { cwd?: string; input?: string; onOut?: (text: string, end: () => void) => void } = {},
): Promise<Ended> {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: options.cwd ?? folder, env: { PATH, HOME } });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
    options.onOut?.(err, () => child.kill("SIGINT"));
  });
  child.stdin.end(options.input ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

function lines(text: string): unknown[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

describe("belfry start --once", () => {
  it("takes in a round of sample traffic, and its accounting adds up", async () => {
    const { code, out, err } = await belfry(["start", "--once", "--json"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const accounting = JSON.parse(out);
    expect(accounting).toMatchObject({
      identityHolds: true,
      retried: {},
      dropped: { "control-message": 1, header: 1 },
      quarantined: { "bad compression: cannot be inflated: unexpected end of file": 1 },
    });
    expect(accounting.received).toBeGreaterThan(300);
  });

  it.each([
    ["aws.vpcflow", "event.dataset:aws.vpcflow AND destination.port:443"],
    ["aws.cloudtrail", "event.provider:*.amazonaws.com AND cloud.account.id:111122223333"],
    ["aws.lambda", "event.dataset:aws.lambda AND faas.execution:*"],
    ["app.json", "event.dataset:app.json AND app.order.total:>0"],
    ["app.text", "event.dataset:app.text AND aws.cloudwatch.log_group:\\/ec2\\/backoffice"],
  ])("leaves records of %s that a field query finds, each once", async (dataset, query) => {
    const { code, out } = await belfry(["search", query, "--json", "--limit", "0"]);
    expect(code).toBe(0);
    const documents = lines(out) as { event: { dataset: string }; belfry: { id: string } }[];
    expect(documents.every(({ event }) => event.dataset === dataset)).toBe(true);
    expect(new Set(documents.map(({ belfry: { id } }) => id)).size).toBe(documents.length);
  });

  it("lets no secret of the sample traffic into the archive", async () => {
    const { out } = await belfry(["search", "--json", "--limit", "0"]);
    expect(out).not.toMatch(/[a-z]+@example\.com|4111 1111|AKIAIOSFODNN7EXAMPLE|eyJhbGci/);
  });

  it("keeps a connected trace of each invocation", async () => {
    const { code, out } = await belfry(["trace", "list", "--json"]);
    expect(code).toBe(0);
    const traces = lines(out) as { connected: boolean; state: string; root: string }[];
    expect(traces.every(({ connected, state }) => connected && state === "ok")).toBe(true);
    expect(new Set(traces.map(({ root }) => root))).toEqual(
      new Set([
        "belfry-ingest-kinesis",
        "belfry-ingest-subscription",
        "belfry-transform-firehose",
        "belfry-ingest-s3-object",
        "belfry-canary",
        "belfry-alert-intake",
      ]),
    );
  });

  it("keeps metrics as Lambda would log them", async () => {
    const text = await readFile(path.join(folder, ".belfry/metrics.ndjson"), "utf8");
    expect(lines(text)).toContainEqual(expect.objectContaining({ Function: "ingest-kinesis", IdentityBroken: 0 }));
  });

  it("replays the quarantine, where what is broken stays", async () => {
    const sealed = async () =>
      (await readdir(path.join(folder, ".belfry/quarantine"), { recursive: true })).filter((name) =>
        name.endsWith(".sealed"),
      );
    const before = await sealed();
    expect((await belfry(["replay", "--dry-run"])).err).toContain("1 entry replayed");
    expect(await sealed()).toEqual(before);
    const { code, out } = await belfry(["replay", "--json"]);
    expect({ code, accounting: JSON.parse(out) }).toMatchObject({
      code: 0,
      accounting: { received: 1, identityHolds: true },
    });
    const after = await sealed();
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
  });
});

describe("belfry start", () => {
  it("runs until Ctrl-C, then flushes everything and ends with 0", async () => {
    const cwd = await mkdtemp(path.join(folder, "until-"));
    let isAsked = false;
    const { code, out } = await belfry(["start", "--rate", "50"], {
      cwd,
      onOut: (err, end) => {
        if (isAsked || !err.includes("sample traffic until Ctrl-C")) return;
        isAsked = true;
        end();
      },
    });
    expect(code).toBe(0);
    expect(out).toContain("the accounting adds up");
  });
});

describe("belfry ingest", () => {
  it("takes in log files, payloads and events, and reads objects from a folder", async () => {
    const cwd = await mkdtemp(path.join(folder, "ingest-"));
    const envelope = {
      messageType: "DATA_MESSAGE",
      owner: "111122223333",
      logGroup: "g",
      logStream: "s",
      subscriptionFilters: ["belfry-eu-central-1"],
      logEvents: [{ id: "1", timestamp: 1_700_000_000_000, message: "one" }],
    };
    const gzip = gzipSync(JSON.stringify(envelope));
    const objectEvent = (key: string) => ({
      Records: [
        {
          eventSource: "aws:s3",
          eventName: "ObjectCreated:Put",
          awsRegion: "eu-central-1",
          s3: { bucket: { name: "b" }, object: { key, eTag: "e" } },
        },
      ],
    });
    await writeFile(path.join(cwd, "plain.log"), "INFO one\nERROR two\n");
    await writeFile(path.join(cwd, "payload.gz"), gzip);
    await writeFile(
      path.join(cwd, "events.ndjson"),
      `${JSON.stringify({ awslogs: { data: gzip.toString("base64") } })}\n${JSON.stringify(objectEvent("there.log"))}\n`,
    );
    await writeFile(path.join(cwd, "missing.json"), JSON.stringify(objectEvent("not+there.log"), null, 2));
    const objects = await mkdtemp(path.join(cwd, "objects-"));
    await mkdir(path.join(objects, "b"));
    await writeFile(path.join(objects, "b/there.log"), "WARN three\n");

    const done = await belfry(["ingest", "plain.log", "payload.gz", "events.ndjson", "--objects", objects, "--json"], {
      cwd,
    });
    expect({ code: done.code, ...JSON.parse(done.out) }).toMatchObject({
      code: 0,
      received: 5,
      routed: 5,
      identityHolds: true,
    });
    const left = await belfry(["ingest", "missing.json", "--objects", objects, "--json"], { cwd });
    expect({ code: left.code, ...JSON.parse(left.out) }).toMatchObject({
      code: 3,
      received: 1,
      retried: { "no object s3://b/not there.log": 1 },
      identityHolds: true,
    });
    const again = await belfry(["ingest", "-", "--json"], { cwd, input: "INFO one\nERROR two\n" });
    expect(again.code).toBe(0);
    // The CloudWatch event came as a file and by subscription, and is one record.
    expect(lines((await belfry(["search", "one", "--json"], { cwd })).out)).toHaveLength(3);
  });

  it("ends with 2 and one clear line when a file is not there", async () => {
    expect(await belfry(["ingest", "no-such.log"])).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringMatching(/^belfry: cannot read no-such\.log: ENOENT.*\n$/),
    });
  });
});
