import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ArtifactStore } from "@belfry/core/canaries/artifact-keeper";
import type { BaselineStore } from "@belfry/core/canaries/context";

/** Keeps runs' files in a folder, by their keys. */
export function folderArtifacts(root: string): ArtifactStore {
  return { put: (key, body) => write(path.join(root, key), body) };
}

/** Keeps pictures that others are compared with in a folder, by their names. */
export function folderBaselines(root: string): BaselineStore {
  return {
    read: (name) => unlessAbsent(readFile(path.join(root, name))),
    write: (name, picture) => write(path.join(root, name), picture),
    list: async (prefix) => {
      // A prefix may end within a name.
      const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
      const found = await unlessAbsent(readdir(path.join(root, folder), { recursive: true, withFileTypes: true }));
      const files = (found ?? []).filter((entry) => entry.isFile());
      return files
        .map((file) => path.relative(root, path.join(file.parentPath, file.name)).replaceAll(path.sep, "/"))
        .filter((name) => name.startsWith(prefix) && !name.endsWith(PART));
    },
  };
}

const PART = ".part";

/** Whole or not at all: who reads meanwhile never sees half a picture. */
async function write(file: string, body: Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const part = `${file}.${process.pid}${PART}`;
  await writeFile(part, body);
  await rename(part, file);
}

async function unlessAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}
