import { randomBytes } from "node:crypto";
import { glob, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { entriesByReason, formatEntries } from "../event/quarantine-entry.ts";
import { parseEntries } from "../event/quarantine-lines.ts";
import type { Clock } from "../platform/clock.ts";
import { BelfryError } from "../platform/errors.ts";
import type { Random } from "../platform/retry.ts";
import { compress } from "./compression.ts";
import { hourPartition, uniqueName } from "./partition.ts";
import { KEY_BYTES, seal, unseal } from "./sealed-file.ts";
import type { Quarantine, QuarantineEntry } from "./sink.ts";

/** A folder of sealed files and the file that holds their key. */
export interface QuarantineFolder {
  readonly directory: string;
  readonly keyFile: string;
}

/** One file of the quarantine. */
export interface QuarantineFile {
  readonly path: string;
  readonly entries: readonly QuarantineEntry[];
}

const EXTENSION = ".ndjson.gz.sealed";

const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

const README = `Records that Belfry could not deliver, with their reasons, until they are replayed or deleted.

They are kept as they came: NOT redacted. So each file is encrypted (AES-256-GCM) with the key in the file
quarantine.key beside this folder. Whoever has both can read them; without the key nobody can.
`;

const gunzipAsync = promisify(gunzip);

/**
 * Keeps entries in a folder, in the layout of S3, each file encrypted: `reason=<reason>/dt=2026-11-22/hour=03/<time>-<random>.ndjson.gz.sealed`.
 * The key is made on first use; key and files are readable by their owner only.
 */
export function folderQuarantine(
  folder: QuarantineFolder,
  options: { readonly clock: Clock; readonly random: Random },
): Quarantine {
  let ready: Promise<Buffer> | undefined;
  return {
    async put(entries) {
      ready ??= prepare(folder);
      const key = await ready.catch((thrown) => {
        ready = undefined;
        throw thrown;
      });
      const nowMs = options.clock.now();
      for (const [reason, group] of entriesByReason(entries)) {
        const directory = path.join(folder.directory, `reason=${reason}`, hourPartition(nowMs));
        const plain = await compress(Buffer.from(formatEntries(group)), "gzip");
        await mkdir(directory, { recursive: true, mode: OWNER_ONLY_FOLDER });
        await writeWhole(path.join(directory, uniqueName(nowMs, options.random) + EXTENSION), seal(plain, key));
      }
    },
  };
}

/**
 * The files of a quarantine folder, oldest name first within each reason. Raises NOT_FOUND when it has files but no key, BAD_PAYLOAD for a file
 * that the key does not open.
 */
export async function* readQuarantine(folder: QuarantineFolder): AsyncGenerator<QuarantineFile> {
  const files: string[] = [];
  for await (const file of glob(`**/*${EXTENSION}`, { cwd: folder.directory })) files.push(file);
  let key: Buffer | undefined;
  for (const file of files.sort()) {
    key ??= await readKey(folder.keyFile);
    const place = path.join(folder.directory, file);
    const plain = await gunzipAsync(unseal(await readFile(place), key));
    yield { path: place, entries: parseEntries(plain.toString("utf8")) };
  }
}

async function prepare({ directory, keyFile }: QuarantineFolder): Promise<Buffer> {
  await mkdir(directory, { recursive: true, mode: OWNER_ONLY_FOLDER });
  await writeNew(path.join(directory, "README.txt"), README);
  await mkdir(path.dirname(keyFile), { recursive: true });
  await writeNew(keyFile, `${randomBytes(KEY_BYTES).toString("base64")}\n`);
  return readKey(keyFile);
}

async function readKey(keyFile: string): Promise<Buffer> {
  const key = Buffer.from(await readKeyText(keyFile), "base64");
  if (key.length === KEY_BYTES) return key;
  throw new BelfryError("BAD_PAYLOAD", `${keyFile} holds no key of ${KEY_BYTES} bytes in base64`);
}

async function readKeyText(keyFile: string): Promise<string> {
  try {
    return await readFile(keyFile, "utf8");
  } catch (cause) {
    throw new BelfryError("NOT_FOUND", `no key for the quarantine at ${keyFile}`, { cause });
  }
}

/** Writes a file unless it is there. */
async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: "wx", mode: OWNER_ONLY });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
  }
}

/** Writes a file so that nobody ever sees a part of it. */
async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const partial = `${file}.partial`;
  await writeFile(partial, bytes, { mode: OWNER_ONLY });
  await rename(partial, file);
}
