import { createHash } from "node:crypto";
import type { Config } from "@belfry/core/config/schema";
import { pathId } from "@belfry/core/event/field-path";
import { idSeed } from "@belfry/core/event/record-id";
import type { Resource } from "@belfry/core/event/resource";
import { Stream } from "@belfry/core/event/stream";
import { readObject } from "@belfry/core/sources/object-reader";
import type { Source } from "@belfry/core/sources/source";
import { StreamTable } from "@belfry/core/sources/streams";

const FILE_PATH = pathId("log.file.path");

/** A file of logs as it is read: plain or compressed; lines, CloudTrail records, CloudWatch envelopes or Belfry's own documents. */
export interface LogFile {
  /** Its path, for `log.file.path`. */
  readonly name: string;
  /** What distinguishes this content of the path from another: the ids of its lines are made from it. */
  readonly version: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** Where its lines are to pretend to come from, for the choice of parser and for enrichment. */
  readonly resource?: Partial<Resource>;
}

/** A file on this machine as a source, read in windows whatever its size. */
export function fileSource(file: LogFile, config: Pick<Config, "limits" | "streams">): Source {
  const item = { id: file.name, origin: `file:${file.name}` };
  const resource: Resource = { account: "", region: "", regionAssumed: false, ...file.resource };
  const stream = new Stream(resource, idSeed(["file", file.name, file.version]));
  stream.set(FILE_PATH, file.name);
  const carrier = { name: file.name, region: resource.region, account: resource.account };
  const streams = new StreamTable(config.streams);
  return {
    items: [item],
    batches: (batch) => readObject({ body: file.body, item, stream, carrier, limits: config.limits, streams }, batch),
  };
}

/** The version of a content: the same for the same bytes, wherever they lie. */
export async function contentVersion(body: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of body) hash.update(chunk);
  return hash.digest("hex");
}
