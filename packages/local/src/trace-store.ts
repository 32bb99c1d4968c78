import { createReadStream } from "node:fs";
import { appendFile, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { SegmentDocument } from "@belfry/core/platform/segment-document";

const FILE = /^\d{4}-\d{2}-\d{2}\.ndjson$/;

/** Segment documents in files by the UTC day of their start, `YYYY-MM-DD.ndjson`, one document a line. */
export class TraceStore {
  readonly #folder: string;
  /** Lines that wait to be written, by day. */
  #pending = new Map<string, string>();
  #writing: Promise<void> | undefined;
  #failure: unknown;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Takes a document to be written soon; several that come together are written together. */
  append(document: SegmentDocument): void {
    const day = new Date(document.start_time * 1000).toISOString().slice(0, 10);
    this.#pending.set(day, `${this.#pending.get(day) ?? ""}${JSON.stringify(document)}\n`);
    this.#writing ??= this.#write().catch((thrown: unknown) => {
      this.#failure = thrown;
    });
  }

  /** Resolves when all that was taken is written; raises what went wrong in writing. */
  async settled(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** All documents, of the newest day first, in each in the order in which they came; a line that is not JSON is passed over. */
  async *read(): AsyncGenerator<SegmentDocument[]> {
    const names = (await filesIn(this.#folder)).filter((name) => FILE.test(name));
    for (const name of names.sort().reverse()) yield await documentsOf(join(this.#folder, name));
  }

  async #write(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    while (this.#pending.size > 0) {
      const lines = this.#pending;
      this.#pending = new Map();
      for (const [day, text] of lines) await appendFile(join(this.#folder, `${day}.ndjson`), text);
    }
    this.#writing = undefined;
  }
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw thrown;
  }
}

async function documentsOf(path: string): Promise<SegmentDocument[]> {
  const documents: SegmentDocument[] = [];
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const document = parsed(line);
    if (document !== undefined) documents.push(document);
  }
  return documents;
}

/** Only the last line can be broken, by a process that was killed while it wrote. */
function parsed(line: string): SegmentDocument | undefined {
  try {
    return JSON.parse(line) ?? undefined;
  } catch {
    return undefined;
  }
}
