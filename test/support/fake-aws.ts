import http from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { zstdDecompressAll } from "@belfry/core/platform/zstd-frames";

/** What the connection does with a request, in place of an answer. */
export type Fault = "hang" | "reset";

/** A stand-in of Firehose, Kinesis and S3 on one loopback port, enough for the sinks' own calls. */
export interface FakeAws {
  readonly url: string;
  /** Records by stream, in order of arrival: Firehose and Kinesis alike. */
  readonly records: Map<string, Buffer[]>;
  /** Partition keys by stream, beside `records`. */
  readonly keys: Map<string, string[]>;
  /** Bodies by `/bucket/key`. */
  readonly objects: Map<string, Buffer>;
  /** Numbers of records in each call that was answered. */
  readonly calls: number[];
  /** Faults of the next requests, one each. */
  readonly faults: Fault[];
  /** Statuses of the next requests, one each, with the name of the error: `400 AccessDeniedException`. */
  readonly refusals: string[];
  /** Decides on single records of a call; undefined takes them. */
  refuseRecord: (data: Buffer) => string | undefined;
  close(): Promise<void>;
}

interface PutCall {
  readonly DeliveryStreamName?: string;
  readonly StreamName?: string;
  readonly Records: readonly { readonly Data: string; readonly PartitionKey?: string }[];
}

/** Starts the stand-in on a free port of loopback. */
export async function fakeAws(): Promise<FakeAws> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const fault = fake.faults.shift();
      if (fault === "hang") return;
      if (fault === "reset") return void request.socket.destroy();
      const refusal = fake.refusals.shift();
      const { status, body } = refusal === undefined ? answer(fake, request, Buffer.concat(chunks)) : refuse(refusal);
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const fake: FakeAws = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    records: new Map(),
    keys: new Map(),
    objects: new Map(),
    calls: [],
    faults: [],
    refusals: [],
    refuseRecord: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return fake;
}

interface Answer {
  readonly status: number;
  readonly body: Buffer | string;
}

function refuse(refusal: string): Answer {
  const [status, name] = refusal.split(" ");
  return { status: Number(status), body: JSON.stringify({ __type: name, message: "refused by the test" }) };
}

function answer(fake: FakeAws, request: http.IncomingMessage, body: Buffer): Answer {
  const target = request.headers["x-amz-target"];
  if (typeof target === "string") return putRecords(fake, target, JSON.parse(body.toString("utf8")) as PutCall);
  const { pathname, searchParams } = new URL(request.url ?? "/", fake.url);
  const path = decodeURIComponent(pathname);
  if (searchParams.get("list-type") === "2") return { status: 200, body: listing(fake, path, searchParams) };
  if (request.method === "PUT") fake.objects.set(path, body);
  const object = fake.objects.get(path);
  if (object === undefined) return { status: 404, body: "<Error><Code>NoSuchKey</Code></Error>" };
  return { status: 200, body: request.method === "PUT" ? "" : object };
}

const PAGE_KEYS = 2;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html, with few keys a page. */
function listing(fake: FakeAws, path: string, parameters: URLSearchParams): string {
  const bucket = `${path.replace(/\/$/, "")}/`;
  const prefix = bucket + (parameters.get("prefix") ?? "");
  const after = bucket + (parameters.get("start-after") ?? "");
  const keys = [...fake.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const contents = keys.slice(0, PAGE_KEYS).map((key) => {
    const name = key.slice(bucket.length);
    return `<Contents><Key>${name}</Key><LastModified>2026-11-22T12:00:00.000Z</LastModified><ETag>&quot;e-${name}&quot;</ETag></Contents>`;
  });
  return `<ListBucketResult><IsTruncated>${keys.length > PAGE_KEYS}</IsTruncated>${contents.join("")}</ListBucketResult>`;
}

function putRecords(fake: FakeAws, target: string, call: PutCall): Answer {
  const stream = call.DeliveryStreamName ?? call.StreamName ?? "";
  const taken = listAt(fake.records, stream);
  const keys = listAt(fake.keys, stream);
  fake.calls.push(call.Records.length);
  const results = call.Records.map(({ Data, PartitionKey = "" }) => {
    const data = Buffer.from(Data, "base64");
    const code = fake.refuseRecord(data);
    if (code !== undefined) return { ErrorCode: code, ErrorMessage: "refused by the test" };
    taken.push(data);
    keys.push(PartitionKey);
    return target.startsWith("Firehose") ? { RecordId: "r" } : { SequenceNumber: "1", ShardId: "shardId-0" };
  });
  const failed = results.filter((result) => "ErrorCode" in result).length;
  const member = target.startsWith("Firehose")
    ? { FailedPutCount: failed, RequestResponses: results }
    : { FailedRecordCount: failed, Records: results };
  return { status: 200, body: JSON.stringify(member) };
}

function listAt<T>(map: Map<string, T[]>, key: string): T[] {
  const known = map.get(key) ?? [];
  map.set(key, known);
  return known;
}

/** An object's or file's content, decompressed as its name says. */
export function inflated(name: string, body: Buffer): string {
  if (name.endsWith(".gz")) return gunzipSync(body).toString("utf8");
  return (name.endsWith(".zst") ? zstdDecompressAll(body, 1 << 30) : body).toString("utf8");
}
