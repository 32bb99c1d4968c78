import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConfigSchema } from "../../packages/core/src/config/schema.ts";
import { bundle } from "../../scripts/build/bundle.ts";
import { makeWorkload } from "../bench/generate.ts";
import { s3Event } from "../support/events.ts";
import type { Invoked } from "./support/invoke-bundle.ts";
import { type LargeObject, largeObject } from "./support/large-object.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const INVOKE_BUNDLE = fileURLToPath(new URL("support/invoke-bundle.ts", import.meta.url));
const MIB = 1024 * 1024;
const FUNCTION_MIB = 256;
// Lambda starts Node.js with these shares of the function's memory.
const HEAP_FLAGS = [
  "--expose-gc",
  `--max-semi-space-size=${Math.floor(FUNCTION_MIB * 0.05)}`,
  `--max-old-space-size=${Math.floor(FUNCTION_MIB * 0.9)}`,
];
const GIGABYTE = 1_000_000_000;
const TIMEOUT_MS = 180_000;

let server: Server;
let object: LargeObject;
let delivered = 0;

beforeAll(async () => {
  server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** S3, which has one large object, and Firehose, which takes everything; what passes is only counted. */
async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "GET") {
    response.writeHead(200, { etag: '"1"' });
    // The client hangs up when it fails; the test sees that in its answer.
    await pipeline(Readable.from(object.chunks()), response).catch(() => undefined);
    return;
  }
  const call = JSON.parse(await text(request)) as { Records: { Data: string }[] };
  for (const { Data } of call.Records) delivered += countLines(Buffer.from(Data, "base64"));
  const RequestResponses = call.Records.map((_, i) => ({ RecordId: String(i) }));
  response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
  response.end(JSON.stringify({ FailedPutCount: 0, RequestResponses }));
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  return lines;
}

/** Bundles a handler with the default configuration, whose one sink is the archive, and invokes it once in a process of its own. */
async function invoke(handler: string, event: unknown): Promise<Invoked> {
  const name = handler.replace("/", "-");
  const folder = resolve(ROOT, ".cache/memory", name);
  await bundle({ name, entry: { file: `packages/functions/src/${handler}.ts` } }, ROOT, folder);
  mkdirSync(folder, { recursive: true });
  writeFileSync(resolve(folder, "config.json"), JSON.stringify(ConfigSchema.parse({})));
  const child = spawn(process.execPath, [...HEAP_FLAGS, INVOKE_BUNDLE, folder], {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      PATH: process.env.PATH,
      AWS_REGION: "eu-central-1",
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      BELFRY_ARCHIVE_STREAM: "belfry-archive",
      BELFRY_QUARANTINE_BUCKET: "belfry-quarantine",
    },
  });
  child.stdin.end(JSON.stringify(event));
  const printed = await text(child.stdout);
  return JSON.parse(printed.trim().split("\n").at(-1) as string) as Invoked;
}

function megabytes(bytes: number): string {
  return `${(bytes / MIB).toFixed(0)} MiB`;
}

test("an object of 1 GB passes through a function of 256 MB", { timeout: TIMEOUT_MS }, async () => {
  object = largeObject(GIGABYTE);
  delivered = 0;
  const event = s3Event([{ bucket: "logs", key: "app/2026/11/22.ndjson.gz" }]);
  const { maxRssBytes, answer } = await invoke("ingest/s3-object", event);
  process.stdout.write(`1 GB object: at most ${megabytes(maxRssBytes)} resident\n`);
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(delivered).toBe(object.lines);
  expect(maxRssBytes).toBeLessThan(FUNCTION_MIB * MIB);
});

test("the largest event that Lambda takes passes through a function of 256 MB", { timeout: TIMEOUT_MS }, async () => {
  const { event, events } = makeWorkload("max6m");
  delivered = 0;
  const { maxRssBytes, answer } = await invoke("ingest/kinesis", event);
  process.stdout.write(`6 MB event: at most ${megabytes(maxRssBytes)} resident\n`);
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(delivered).toBe(events);
  expect(maxRssBytes).toBeLessThan(FUNCTION_MIB * MIB);
});
