import type { Logger } from "../platform/logger.ts";
import type { Artifact } from "./context.ts";
import type { Redaction } from "./redaction.ts";
import type { ArtifactReport } from "./report.ts";

/** Where a run's files go: a bucket, or a folder. Raises what the store raises. */
export interface ArtifactStore {
  put(key: string, body: Uint8Array, contentType: string, signal: AbortSignal): Promise<void>;
}

/** A file as it will be stored. */
export interface KeptArtifact extends ArtifactReport {
  readonly body: Uint8Array;
}

// What is kept waits in memory until the run ends: a filmstrip that grows without end must not take it all.
const MAX_KEPT_BYTES = 128 * 1024 * 1024;

// File systems take 255 bytes, of which a number and the ending of a half-written file need some. Of a longer name the end stays, with its type.
const MAX_NAME_LENGTH = 200;
const KEPT_END_LENGTH = 40;

// What leads to a folder, and the runner's own.
const RESERVED_NAME = /^(\.*|report\.json)$/;

const TEXT_TYPE = /^(text\/|application\/(json|xml|javascript|xhtml|[\w.+-]+\+(json|xml))|image\/svg)/;
const JSON_TYPE = /^application\/(json|[\w.+-]+\+json)/;

/** The files of one run, redacted, until they are stored. */
export class ArtifactKeeper {
  readonly #redaction: Redaction;
  readonly #logger: Logger;
  readonly #kept = new Map<string, KeptArtifact>();
  #bytes = 0;

  constructor(redaction: Redaction, logger: Logger) {
    this.#redaction = redaction;
    this.#logger = logger;
  }

  /** Takes a file. One that does not fit any more is reported with zero bytes, and left out. */
  keep({ name: wanted, contentType, body, step }: Artifact): ArtifactReport {
    const name = this.#unique(fileName(this.#redaction.text(wanted)));
    const bytes = this.#redacted(body, contentType);
    const report = { name, contentType, bytes: bytes.length, ...(step === undefined ? {} : { step }) };
    if (this.#bytes + bytes.length > MAX_KEPT_BYTES) {
      this.#logger.warn(`${name} is not kept: a run keeps ${MAX_KEPT_BYTES} bytes at most`);
      return { ...report, bytes: 0 };
    }
    this.#bytes += bytes.length;
    this.#kept.set(name, { ...report, body: bytes });
    return report;
  }

  all(): readonly KeptArtifact[] {
    return [...this.#kept.values()].map((artifact) => ({
      ...artifact,
      // A secret may have become known after the file was kept.
      body: this.#redacted(artifact.body, artifact.contentType),
    }));
  }

  #redacted(body: string | Uint8Array, contentType: string): Uint8Array {
    if (typeof body !== "string" && !TEXT_TYPE.test(contentType)) return body;
    const text = typeof body === "string" ? body : Buffer.from(body).toString("utf8");
    return Buffer.from(JSON_TYPE.test(contentType) ? this.#redactedJson(text) : this.#redaction.text(text));
  }

  #redactedJson(text: string): string {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      // What calls itself JSON and is not is a text like any other.
      return this.#redaction.text(text);
    }
    return JSON.stringify(this.#redaction.json(parsed), undefined, 1);
  }

  #unique(name: string): string {
    if (!this.#kept.has(name)) return name;
    const dot = name.indexOf(".", 1);
    const [stem, ending] = dot < 0 ? [name, ""] : [name.slice(0, dot), name.slice(dot)];
    let number = 2;
    while (this.#kept.has(`${stem}-${number}${ending}`)) number++;
    return `${stem}-${number}${ending}`;
  }
}

function fileName(wanted: string): string {
  const plain = wanted.replaceAll(/[^\w.+-]+/g, "-");
  if (RESERVED_NAME.test(plain)) return `file-${plain}`;
  if (plain.length <= MAX_NAME_LENGTH) return plain;
  return `${plain.slice(0, MAX_NAME_LENGTH - KEPT_END_LENGTH)}${plain.slice(-KEPT_END_LENGTH)}`;
}

/** What the keys of a run's files begin with, as AWS's canaries write them: `canary/<region>/<name>/YYYY/MM/DD/HH/mm-ss-mmm/`. */
export function artifactPrefix(region: string, canary: string, startedMs: number): string {
  const [year, month, day, hour, minute, second, ms] = new Date(startedMs).toISOString().split(/[-T:.Z]/);
  return `canary/${region}/${canary}/${year}/${month}/${day}/${hour}/${minute}-${second}-${ms}/`;
}
