import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { searchCommand } from "@belfry/local/commands/search";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeTerminal } from "../fake-terminal.ts";

const NOW_MS = Date.UTC(2026, 0, 31, 12);

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "belfry-search-"));
  const flow = document("a", "2026-01-31T09:10:00.000Z", {
    event: { dataset: "aws.vpcflow" },
    source: { ip: "10.0.0.1", port: 5000 },
    destination: { ip: "10.0.0.2", port: 443 },
  });
  const json = document("b", "2026-01-31T10:20:00.000Z", {
    event: { dataset: "app.json" },
    message: 'said "no",\nand left',
    app: { order: { total: 12.5 } },
  });
  const late = document("c", "2026-01-29T10:00:00.000Z", {
    event: { dataset: "app.text" },
    message: "came two days late \u001b[2J",
  });
  const timeless = JSON.stringify({ belfry: { id: "d" }, event: { dataset: "app.text" }, message: "no time" });
  await put("dt=2026-01-31/hour=09/x.ndjson.gz", Buffer.concat([gzipSync(`${flow}\n`), gzipSync(`${flow}\n`)]));
  await put(
    "dt=2026-01-31/hour=10/x.ndjson.zst",
    Buffer.concat([zstdCompressSync(`${json}\n${flow}\n`), zstdCompressSync(`${late}\n`)]),
  );
  await put("dt=2026-01-31/hour=11/x.ndjson", `${timeless}\n{"cut`);
  await put("dt=2026-01-31/hour=11/new.ndjson.gz", "");
});
afterAll(() => rm(root, { recursive: true }));

function document(id: string, time: string, rest: object): string {
  return JSON.stringify({
    "@timestamp": time,
    belfry: { id },
    cloud: { account: { id: "111122223333" }, region: "eu-central-1" },
    ...rest,
  });
}

async function put(name: string, bytes: Uint8Array | string): Promise<void> {
  const file = path.join(root, "archive", name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
}

async function search(args: string[], env: NodeJS.ProcessEnv = {}) {
  const terminal = new FakeTerminal();
  const command = searchCommand(terminal, env, () => NOW_MS);
  await command
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .parseAsync(["--dir", root, ...args], { from: "user" });
  return terminal;
}

async function idsOf(...args: string[]): Promise<string[]> {
  const { printed } = await search([...args, "--json"]);
  return printed.flatMap((text) => text.split("\n")).map((line) => JSON.parse(line).belfry.id);
}

describe("belfry search in the archive", () => {
  it("gives each record once, the newest first, those without a time last", async () => {
    expect(await idsOf()).toEqual(["b", "a", "c", "d"]);
    expect(await idsOf("--sort", "@timestamp:asc", "--limit", "2")).toEqual(["c", "a"]);
    expect(await idsOf("--sort", "app.order.total", "--limit", "1")).toEqual(["b"]);
  });

  it("finds by field, and ends with 1 when there is nothing", async () => {
    expect(await idsOf("destination.port:443 AND source.ip:10.0.0.0/24")).toEqual(["a"]);
    expect(await search(["no.such.field:1"])).toMatchObject({ printed: [], notes: ["nothing found"], exitCode: 1 });
  });

  it("keeps to a time range of the events, and reads late arrivals only when asked", async () => {
    expect(await idsOf("--from", "-3h", "--to", "-2h")).toEqual(["a"]);
    expect(await idsOf("--from", "2026-01-31T10")).toEqual(["b"]);
    const missed = await search(["--from", "2026-01-29", "--to", "2026-01-30"]);
    expect(missed.notes).toEqual([
      "nothing found; 3 files that came in later than a day after --to not read: --late does",
    ]);
    expect(await idsOf("--from", "2026-01-29", "--to", "2026-01-30", "--late")).toEqual(["c"]);
    expect(await idsOf("--from", "2026-01-29", "--to", "2026-01-30", "--late", "3d")).toEqual(["c"]);
  });

  it("prints a table of what matters, without the control characters of a hostile log", async () => {
    const [text] = (await search(["NOT event.dataset:app.json"])).printed;
    expect(text.split("\n").map((line) => line.replaceAll(/ {2,}/g, "  "))).toEqual([
      "time  data set  account  region  what",
      "2026-01-31T09:10:00.000Z  aws.vpcflow  111122223333  eu-central-1  10.0.0.1:5000 → 10.0.0.2:443",
      "2026-01-29T10:00:00.000Z  app.text  111122223333  eu-central-1  came two days late \ufffd[2J",
      "  app.text  no time",
    ]);
  });

  it("prints chosen fields as JSON and as CSV", async () => {
    const fields = ["--fields", "belfry.id,message,app.order"];
    expect((await search(["app.order.total:>12", ...fields, "--json"])).printed).toEqual([
      '{"belfry.id":"b","message":"said \\"no\\",\\nand left","app.order":{"total":12.5}}',
    ]);
    expect((await search(["app.order.total:>12", ...fields, "--output", "csv"])).printed).toEqual([
      'belfry.id,message,app.order\r\nb,"said ""no"",\nand left","{""total"":12.5}"',
    ]);
  });

  it.each([
    [["a:"], "cannot read the query at character 3"],
    [["--from", "yesterday"], '"yesterday" is no time'],
    [["--to", "2026-01-31", "--late", "soon"], '--late takes a duration such as 6h or 7d, not "soon"'],
    [["--limit", "-1"], "a whole number, 0 or more"],
    [["--json", "--output", "csv"], "--json and --output csv contradict each other"],
    [["--archive", "--opensearch"], "give --archive or --opensearch, not both"],
    [["--opensearch"], "--opensearch needs a URL, or OPENSEARCH_URL in the environment"],
    [["--archive", "/no/such/folder"], "there is no archive in /no/such/folder"],
  ])("refuses %j", async (args, message) => {
    await expect(search(args)).rejects.toThrow(message);
  });
});

describe("belfry search in OpenSearch", () => {
  it("sends the same query, resolved, and gives the sources of the hits", async () => {
    const requests: { path: string; body: unknown }[] = [];
    const server = http.createServer((request, response) => {
      request.setEncoding("utf8");
      let body = "";
      request.on("data", (text: string) => {
        body += text;
      });
      request.on("end", () => {
        requests.push({ path: request.url ?? "", body: JSON.parse(body) });
        response.end(JSON.stringify({ hits: { hits: [{ _source: { belfry: { id: "z" } } }] } }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { printed } = await search(["source.ip:10.0.0.1 -timeout", "--from", "-1h", "--limit", "5", "--json"], {
      OPENSEARCH_URL: url,
    });
    server.close();
    expect(printed).toEqual(['{"belfry":{"id":"z"}}']);
    expect(requests).toEqual([
      {
        path: "/belfry-*/_search?ignore_unavailable=true&allow_no_indices=true",
        body: {
          size: 6,
          query: {
            query_string: {
              query:
                '((source.ip:"10.0.0.1" AND (*:* AND NOT message:"timeout")) AND @timestamp:["2026-01-31T11:00:00.000Z" TO *])',
              default_field: "message",
              default_operator: "AND",
            },
          },
          sort: [
            { "@timestamp": { order: "desc", missing: "_last", unmapped_type: "keyword" } },
            { "belfry.id": { order: "asc", missing: "_last", unmapped_type: "keyword" } },
          ],
        },
      },
    ]);
  });

  it("says so when nobody answers", async () => {
    await expect(search(["--opensearch", "http://127.0.0.1:9"])).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});
