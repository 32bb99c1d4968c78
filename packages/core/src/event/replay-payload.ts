import { isUtf8 } from "node:buffer";
import { BelfryError } from "../platform/errors.ts";
import { isWholeItem, type QuarantineEntry } from "./quarantine-entry.ts";
import type { Resource } from "./resource.ts";

// What a replay puts into a stream: this line, and then gzip of JSON lines, one for each part. Nothing that a log writer can say begins so: what
// CloudWatch Logs and Firehose put into a stream begins with their own envelope, or is compressed.
const MARK = Buffer.from("belfry.replay/1\n");

/** A log record that has its id already. */
interface ReplayedRecord {
  readonly kind: "record";
  readonly id: string;
  readonly origin: string;
  readonly resource: Resource;
  /** Epoch milliseconds, when known. */
  readonly time?: number;
  readonly original: Uint8Array;
}

/** A line of an object, the archive's own documents above all: its id is the one that it carries, else that of its offset in the object. */
interface ReplayedLine {
  readonly kind: "line";
  readonly resource: Resource;
  readonly offset: number;
  readonly original: Uint8Array;
}

/** A delivery item, from which records are still to be decoded. */
export interface ReplayedItem {
  readonly kind: "item";
  /** What the ids of its records are made from: the sequence number, request id or message id that it had at first. */
  readonly key: string;
  readonly origin: string;
  readonly carrier: { readonly name: string; readonly region: string; readonly account: string };
  /** Epoch milliseconds of its first arrival, when known. */
  readonly time?: number;
  /** True for bytes that are text in base64, as the service gave it. */
  readonly base64?: boolean;
  readonly original: Uint8Array;
}

/** What is replayed, one of three kinds. */
export type ReplayPart = ReplayedRecord | ReplayedLine | ReplayedItem;

/** Whether stream data was put there by a replay. */
export function isReplay(bytes: Uint8Array): boolean {
  return bytes.length > MARK.length && MARK.equals(bytes.subarray(0, MARK.length));
}

/** The gzip in stream data that a replay put there. */
export function zippedParts(bytes: Buffer): Buffer {
  return bytes.subarray(MARK.length);
}

/** Stream data of gzip of lines from `formatPart`. */
export function replayData(zipped: Uint8Array): Buffer {
  return Buffer.concat([MARK, zipped]);
}

/** One part as a line of JSON, newline included. Bytes that are no UTF-8 are written in base64. */
export function formatPart({ original, ...part }: ReplayPart): string {
  const bytes = Buffer.from(original.buffer, original.byteOffset, original.length);
  const content = isUtf8(bytes) ? { text: bytes.toString("utf8") } : { bytes: bytes.toString("base64") };
  return `${JSON.stringify({ ...part, ...content })}\n`;
}

/** The parts that `formatPart` wrote. Raises BAD_PAYLOAD, naming the line, for anything else. */
export function parseParts(lines: Buffer): ReplayPart[] {
  const texts = lines.toString("utf8").split("\n");
  if (texts.at(-1) === "") texts.pop();
  return texts.map((line, i) => {
    const part = parsePart(line);
    if (part !== undefined) return part;
    throw new BelfryError("BAD_PAYLOAD", `line ${i + 1} is no part of a replay`);
  });
}

/** An entry of the quarantine as what its bytes are: a record with its id, or a whole item. */
export function partOfEntry(entry: QuarantineEntry): ReplayPart {
  const { id, origin, resource, time, original, reason } = entry;
  const timed = time === undefined ? {} : { time };
  if (!isWholeItem(entry)) return { kind: "record", id, origin, resource, ...timed, original };
  const { stream = "", region, account } = resource;
  return {
    kind: "item",
    // Origins end with the service's own id of the item.
    key: origin.slice(origin.lastIndexOf(":") + 1),
    origin,
    carrier: { name: stream, region, account },
    ...timed,
    ...(reason.startsWith("bad base64") ? { base64: true } : {}),
    original,
  };
}

// The members that each kind must have; a replay wrote them, so nothing else is looked at.
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  record: ["id", "origin", "resource"],
  line: ["resource", "offset"],
  item: ["key", "origin", "carrier"],
};

function parsePart(line: string): ReplayPart | undefined {
  const value = parsed(line);
  if (typeof value !== "object" || value === null) return undefined;
  const { text, bytes, ...part } = value as Record<string, unknown>;
  if (MEMBERS[String(part.kind)]?.every((name) => name in part) !== true) return undefined;
  if (typeof text === "string") return { ...part, original: Buffer.from(text) } as unknown as ReplayPart;
  if (typeof bytes !== "string") return undefined;
  return { ...part, original: Buffer.from(bytes, "base64") } as unknown as ReplayPart;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
