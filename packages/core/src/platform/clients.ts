import { createHash } from "node:crypto";
import { BelfryError, messageOf } from "./errors.ts";
import { httpAgent, httpSender, httpsAgent, type SendHttp } from "./http.ts";

/** One record for a stream. */
export interface PutEntry {
  /** Read before the call's promise settles, and not kept. */
  readonly data: Uint8Array;
  /** Partition key, at most 256 characters; Firehose has none. */
  readonly key: string;
}

/** Puts records into one stream: for each its error code, undefined when it was taken. Raises what the client raises when the call as a whole failed. */
export type PutRecords = (
  entries: readonly PutEntry[],
  signal: AbortSignal,
) => Promise<readonly (string | undefined)[]>;

/** Puts one object into one bucket; the same key again replaces it. */
export type PutObject = (
  object: { readonly key: string; readonly body: Uint8Array },
  signal?: AbortSignal,
) => Promise<void>;

/** Who signs for whom: a domain (`es`), a serverless collection (`aoss`), or no signature at all. */
export type OpenSearchService = "es" | "aoss" | "none";

const CONNECT_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 60_000;

/**
 * What all AWS clients share. One attempt: sinks retry by themselves, and only what failed. HTTP/1.1 with the process's own connections, also
 * for Kinesis, whose client takes HTTP/2 by default. Region, credentials and AWS_ENDPOINT_URL come from the environment.
 */
export async function settings(region: string | undefined) {
  const { NodeHttpHandler } = await import("@smithy/node-http-handler");
  const requestHandler = new NodeHttpHandler({
    httpAgent,
    httpsAgent,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  });
  return { maxAttempts: 1, requestHandler, ...(region === undefined ? {} : { region }) };
}

/** Makes one client for each region, on first use: a client that is not used costs nothing at start. */
export function perRegion<T>(
  make: (region: string | undefined) => Promise<T>,
): (region: string | undefined) => Promise<T> {
  const clients = new Map<string | undefined, Promise<T>>();
  return (region) => {
    const known = clients.get(region) ?? make(region);
    clients.set(region, known);
    return known;
  };
}

const firehoseClient = perRegion(async (region) => {
  const { FirehoseClient } = await import("@aws-sdk/client-firehose");
  return new FirehoseClient(await settings(region));
});

const kinesisClient = perRegion(async (region) => {
  const { KinesisClient } = await import("@aws-sdk/client-kinesis");
  return new KinesisClient(await settings(region));
});

/** S3 clients, for the other files of this folder. */
export const s3Client = perRegion(async (region) => {
  const { S3Client } = await import("@aws-sdk/client-s3");
  // Stand-ins on one address do not serve a host name for each bucket.
  const forcePathStyle = (process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL) !== undefined;
  return new S3Client({ ...(await settings(region)), forcePathStyle });
});

/** PutRecordBatch of a Firehose delivery stream. */
export function firehosePut(deliveryStream: string, region?: string): PutRecords {
  return async (entries, signal) => {
    const { PutRecordBatchCommand } = await import("@aws-sdk/client-firehose");
    const client = await firehoseClient(region);
    const command = new PutRecordBatchCommand({
      DeliveryStreamName: deliveryStream,
      Records: entries.map(({ data }) => ({ Data: data })),
    });
    const answer = await client.send(command, { abortSignal: signal });
    return (answer.RequestResponses ?? []).map(({ ErrorCode }) => ErrorCode);
  };
}

/** PutRecords of a Kinesis data stream, given by its name or ARN. */
export function kinesisPut(stream: string, region?: string): PutRecords {
  const target = stream.startsWith("arn:") ? { StreamARN: stream } : { StreamName: stream };
  return async (entries, signal) => {
    const { PutRecordsCommand } = await import("@aws-sdk/client-kinesis");
    const client = await kinesisClient(region);
    const command = new PutRecordsCommand({
      ...target,
      Records: entries.map(({ data, key }) => ({ Data: data, PartitionKey: key })),
    });
    const answer = await client.send(command, { abortSignal: signal });
    return (answer.Records ?? []).map(({ ErrorCode }) => ErrorCode);
  };
}

/** PutObject into a bucket, whose own default decides on encryption. */
export function s3Put(bucket: string, region?: string): PutObject {
  return async ({ key, body }, signal) => {
    const { PutObjectCommand } = await import("@aws-sdk/client-s3");
    const client = await s3Client(region);
    const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: body });
    await client.send(command, signal === undefined ? {} : { abortSignal: signal });
  };
}

/** An object to read, at one version or as it is now, in a region or in the function's own. */
interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly region: string;
}

/** Opens an object of any bucket for reading as a stream. Raises NOT_FOUND when it is not there, UNAVAILABLE for everything else. */
export async function s3Get(object: ObjectPlace, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const { bucket, key, versionId, region } = object;
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  const client = await s3Client(region === "" ? undefined : region);
  const input = { Bucket: bucket, Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) };
  try {
    const { Body } = await client.send(new GetObjectCommand(input), { abortSignal: signal });
    // In Node.js the body is a stream; the type also covers browsers.
    return Body as unknown as AsyncIterable<Uint8Array>;
  } catch (cause) {
    const missing = (cause as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404;
    const text = `cannot read s3://${bucket}/${key}: ${messageOf(cause)}`;
    throw new BelfryError(missing ? "NOT_FOUND" : "UNAVAILABLE", text, { cause, retryable: true });
  }
}

/**
 * Sends to an OpenSearch cluster or collection, signed with the credentials of the environment. Not signed is what is sent over http, or with a
 * user name in the URL: no AWS endpoint takes either.
 */
export function openSearchSender(
  endpoint: string,
  options: { readonly service: OpenSearchService; readonly region?: string },
): SendHttp {
  const url = new URL(endpoint);
  const send = httpSender(url);
  if (options.service === "none" || url.protocol === "http:" || url.username !== "") return send;
  const region = options.region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (region === undefined) {
    const text = `no region to sign requests to ${url.host} for: set region in the configuration, or AWS_REGION`;
    throw new BelfryError("BAD_CONFIG", text);
  }
  return signedSender(send, url, options.service, region);
}

function signedSender(send: SendHttp, url: URL, service: string, region: string): SendHttp {
  let signer: ReturnType<typeof makeSigner> | undefined;
  return async (request, signal) => {
    signer ??= makeSigner(service, region);
    const [path, query = ""] = request.path.split("?");
    // Serverless collections insist on this header, and the signer takes it for the body's hash: OpenSSL's is ten times as fast as the signer's own.
    // https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-clients.html#serverless-signing
    const hash = createHash("sha256")
      .update(request.body ?? "")
      .digest("hex");
    const signed = await (await signer).sign({
      method: request.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname.replace(/\/+$/, "") + path,
      query: Object.fromEntries(new URLSearchParams(query)),
      headers: { ...request.headers, host: url.host, "x-amz-content-sha256": hash },
    });
    return send({ ...request, headers: signed.headers }, signal);
  };
}

async function makeSigner(service: string, region: string) {
  const [{ SignatureV4 }, { Sha256 }, { defaultProvider }] = await Promise.all([
    import("@smithy/signature-v4"),
    import("@aws-crypto/sha256-js"),
    import("@aws-sdk/credential-provider-node"),
  ]);
  return new SignatureV4({ service, region, credentials: defaultProvider(), sha256: Sha256 });
}
