import { createReadStream } from "node:fs";
import { mkdir, open, writeFile } from "node:fs/promises";
import path from "node:path";
import { BelfryError, messageOf } from "@belfry/core/platform/errors";
import type { GetObject } from "@belfry/core/sources/s3-object";

/** Reads objects from `<folder>/<bucket>/<key>`. Raises NOT_FOUND for one that is not there, or whose key would lead out of its bucket. */
export function folderObjects(folder: string): GetObject {
  return async ({ bucket, key }, signal) => {
    const file = objectFile(folder, bucket, key);
    try {
      const handle = await open(file);
      return createReadStream(file, { fd: handle, signal });
    } catch (cause) {
      throw new BelfryError("NOT_FOUND", `no object ${bucket}/${key} in ${folder}: ${messageOf(cause)}`, { cause });
    }
  };
}

/** Puts an object where `folderObjects` finds it. */
export async function putObject(folder: string, bucket: string, key: string, body: Uint8Array): Promise<void> {
  const file = objectFile(folder, bucket, key);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, body);
}

/** Keys are any text, `..` included. */
function objectFile(folder: string, bucket: string, key: string): string {
  const root = path.resolve(folder, bucket);
  const file = path.resolve(root, key);
  if (path.dirname(root) === path.resolve(folder) && file.startsWith(root + path.sep)) return file;
  throw new BelfryError("NOT_FOUND", `no object ${bucket}/${key}: its name leads out of the folder`);
}
