import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";

type Document = Record<string, unknown>;

/** The least of S3, Firehose, Kinesis, OpenSearch and a user's own service that functions need, on loopback; all that is put is kept to be looked at. */
export class LoopbackServices {
  /** By `bucket/key`. */
  readonly objects = new Map<string, Buffer>();
  /** Documents put into Firehose and Kinesis, by the stream's name. */
  readonly streams = new Map<string, Document[]>();
  /** Documents created in OpenSearch, by `index/id`. */
  readonly indexed = new Map<string, Document>();
  /** JSON bodies of other POST requests, by path; each is answered with `postStatus`. */
  readonly posted = new Map<string, unknown[]>();
  postStatus = 200;
  /** What other operations of JSON protocols are answered, by their `x-amz-target`. */
  readonly answers = new Map<string, object>();
  /** Those operations that were asked for, with what they were given. */
  readonly called: [target: string, input: Document][] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: Error) => response.writeHead(500).end(error.stack));
    });
  }

  static async start(): Promise<LoopbackServices> {
    const services = new LoopbackServices();
    await new Promise<void>((resolve) => services.#server.listen(0, "127.0.0.1", resolve));
    return services;
  }

  /** Where it listens, for AWS_ENDPOINT_URL and OPENSEARCH_URL. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await buffer(request);
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
    const target = request.headers["x-amz-target"];
    const { pathname, searchParams } = new URL(request.url ?? "/", this.url);
    const answer = this.answers.get(String(target));
    if (answer !== undefined) {
      this.called.push([String(target), JSON.parse(body.toString()) as Document]);
      response.end(JSON.stringify(answer));
    } else if (typeof target === "string") this.#put(target, JSON.parse(body.toString()), response);
    else if (pathname === "/_bulk") this.#bulk(body, response);
    else if (request.method === "POST") this.#post(pathname, JSON.parse(body.toString()), response);
    else if (request.method === "PUT") this.#putObject(decodeURIComponent(pathname.slice(1)), bytes, response);
    else if (searchParams.has("list-type")) this.#list(pathname.slice(1), searchParams.get("prefix") ?? "", response);
    else this.#getObject(decodeURIComponent(pathname.slice(1)), response);
  }

  #put(target: string, call: { [name: string]: unknown; Records: { Data: string }[] }, response: ServerResponse): void {
    const stream = String(call.DeliveryStreamName ?? call.StreamName);
    const documents = this.streams.get(stream) ?? [];
    this.streams.set(stream, documents);
    for (const { Data } of call.Records) documents.push(...parseLines(Buffer.from(Data, "base64")));
    const [service] = target.split(".");
    const answer = service.startsWith("Firehose")
      ? { FailedPutCount: 0, RequestResponses: call.Records.map((_, i) => ({ RecordId: String(i) })) }
      : { FailedRecordCount: 0, Records: call.Records.map((_, i) => ({ SequenceNumber: String(i), ShardId: "0" })) };
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
  }

  #bulk(body: Buffer, response: ServerResponse): void {
    const lines = parseLines(body);
    const items = [];
    for (let i = 0; i < lines.length; i += 2) {
      const { _index, _id } = lines[i].create as { _index: string; _id: string };
      const key = `${_index}/${_id}`;
      items.push({ create: { _index, _id, status: this.indexed.has(key) ? 409 : 201 } });
      this.indexed.set(key, lines[i + 1]);
    }
    const answer = { took: 1, errors: items.some(({ create }) => create.status === 409), items };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }

  #post(path: string, body: unknown, response: ServerResponse): void {
    this.posted.set(path, [...(this.posted.get(path) ?? []), body]);
    response.writeHead(this.postStatus).end();
  }

  #putObject(key: string, bytes: Buffer, response: ServerResponse): void {
    this.objects.set(key, bytes);
    response.writeHead(200, { etag: '"0"' }).end();
  }

  #list(bucket: string, prefix: string, response: ServerResponse): void {
    const path = `${bucket.replace(/\/$/, "")}/`;
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(path + prefix)).sort();
    const contents = keys.map((key) => `<Contents><Key>${key.slice(path.length)}</Key><Size>1</Size></Contents>`);
    const list = `<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join("")}</ListBucketResult>`;
    response.writeHead(200, { "content-type": "application/xml" }).end(list);
  }

  #getObject(key: string, response: ServerResponse): void {
    const bytes = this.objects.get(key);
    if (bytes === undefined) {
      response.writeHead(404, { "content-type": "application/xml" }).end("<Error><Code>NoSuchKey</Code></Error>");
    } else response.writeHead(200, { "content-length": bytes.length, etag: '"0"' }).end(bytes);
  }
}

function parseLines(bytes: Buffer): Document[] {
  return bytes
    .toString()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Document);
}
