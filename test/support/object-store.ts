// Objects by bucket and key, in memory, listed as S3 does: in the order of their keys' bytes, a page at a time.
import { gunzipSync } from "node:zlib";
import type { QuarantineEntry } from "@belfry/core/event/quarantine-entry";
import { parseEntries } from "@belfry/core/event/quarantine-lines";
import type { PutObject } from "@belfry/core/platform/clients";
import { BelfryError } from "@belfry/core/platform/errors";
import type { ListObjects } from "@belfry/core/platform/objects-client";
import type { GetObject } from "@belfry/core/sources/s3-object";

const MODIFIED_MS = Date.UTC(2026, 10, 22, 12);
const CHUNK_BYTES = 1021;

export class ObjectStore {
  /** Decides on each call but those of `put`. */
  fails: () => boolean = () => false;
  readonly #objects = new Map<string, Buffer>();
  readonly #pageSize: number;

  constructor(pageSize = 1000) {
    this.#pageSize = pageSize;
  }

  put(bucket: string): PutObject {
    return async ({ key, body }) => void this.#objects.set(`${bucket}/${key}`, Buffer.from(body));
  }

  list(bucket: string): ListObjects {
    return async (prefix, after = "") => {
      this.#mayFail();
      const keys = this.#keys(bucket).filter((key) => key.startsWith(prefix) && key > after);
      const objects = keys
        .slice(0, this.#pageSize)
        .map((key) => ({ key, version: `etag of ${key}`, modifiedMs: MODIFIED_MS }));
      return { objects, isLast: keys.length <= this.#pageSize };
    };
  }

  readonly get: GetObject = async ({ bucket, key }) => {
    this.#mayFail();
    const bytes = this.#objects.get(`${bucket}/${key}`);
    if (bytes === undefined) throw new BelfryError("NOT_FOUND", `no object s3://${bucket}/${key}`);
    return (async function* chunks() {
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
    })();
  };

  /** All entries of the bucket `quarantine`, in the order of their keys. */
  async quarantined(): Promise<QuarantineEntry[]> {
    const files = this.#keys("quarantine").filter((key) => key.endsWith(".ndjson.gz"));
    return files.flatMap((key) => {
      const body = this.#objects.get(`quarantine/${key}`) ?? Buffer.alloc(0);
      return parseEntries(gunzipSync(body).toString("utf8"));
    });
  }

  #keys(bucket: string): string[] {
    const prefix = `${bucket}/`;
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix));
    return keys.map((key) => key.slice(prefix.length)).sort();
  }

  #mayFail(): void {
    if (this.fails()) throw new BelfryError("UNAVAILABLE", "killed by the test", { retryable: true });
  }
}
