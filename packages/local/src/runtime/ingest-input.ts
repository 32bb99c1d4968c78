import { Readable, type Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { isGzip, isZstd } from "@belfry/core/platform/plain-bytes";
import { inflate } from "@belfry/core/sources/inflate";
import { type LambdaEvent, lambdaEventOf } from "./lambda-event.ts";

/** What a file given to `ingest` holds, piece by piece, in its order. */
export type IngestPiece =
  | LambdaEvent
  /** One JSON document that is no event: a record by itself. */
  | { readonly kind: "message"; readonly text: string }
  /** Everything else, read as an object in S3 would be: the whole file as it lies there, or a document of it. */
  | { readonly kind: "logs"; readonly text?: string };

/** How much of a file is looked at to tell what it holds. */
export const HEAD_BYTES = 256 * 1024;

/** Larger files hold logs, not events: an event has at most 6 MB. */
export const MAX_EVENTS_BYTES = 64 * 1024 * 1024;

// Envelopes and CloudTrail files are read as files: their records keep CloudWatch's ids and the offsets.
const ENVELOPE = /^\s*\{\s*"(?:messageType|owner|logGroup|logStream|subscriptionFilters|logEvents)"\s*:/;
const TRAIL = /^\s*\{\s*"Records"\s*:/;
/** gzip in base64, as `awslogs.data` holds it. */
const BASE64_GZIP = /^\s*H4sI[A-Za-z0-9+/=\s]+$/;

/** Tells by the first bytes of a file whether it may hold events or single documents, so that it has to be read as a whole; else it is logs. */
export async function mayHoldEvents(head: Buffer): Promise<boolean> {
  const text = (await inflatedHead(head)).trimStart();
  if (text.startsWith("H4sI")) return true;
  if (!/^[{[]/.test(text) || ENVELOPE.test(text)) return false;
  const newline = text.indexOf("\n");
  const first = newline < 0 ? undefined : parsed(text.slice(0, newline));
  return first === undefined || lambdaEventOf(first) !== undefined;
}

/**
 * Recognizes what is in a whole file: a Lambda event, several in an array or one a line, the base64 text of a CloudWatch payload, other JSON
 * documents, or plain logs. Raises BAD_PAYLOAD or TOO_LARGE when it is compressed and cannot be inflated.
 */
export function piecesOf(bytes: Buffer): IngestPiece[] {
  const text = inflate(bytes, 2 * MAX_EVENTS_BYTES)
    .toString("utf8")
    .trim();
  if (BASE64_GZIP.test(text))
    return [{ kind: "subscription", event: { awslogs: { data: text.replaceAll(/\s/g, "") } } }];
  if (!/^[{[]/.test(text)) return [{ kind: "logs" }];
  const whole = parsed(text);
  if (whole === undefined) return ofLines(text);
  if (!Array.isArray(whole)) return [ofDocument(whole, text)];
  return whole.map((element) => ofDocument(element, JSON.stringify(element)));
}

/** Lines that are events, if the first one is; otherwise they are logs. */
function ofLines(text: string): IngestPiece[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lambdaEventOf(parsed(lines[0])) === undefined) return [{ kind: "logs" }];
  return lines.map((line) => lambdaEventOf(parsed(line)) ?? { kind: "message", text: line });
}

function ofDocument(value: unknown, text: string): IngestPiece {
  const event = lambdaEventOf(value);
  if (event !== undefined) return event;
  return ENVELOPE.test(text) || TRAIL.test(text) ? { kind: "logs", text } : { kind: "message", text };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What the first bytes of a file inflate to, as far as they go. */
async function inflatedHead(head: Buffer): Promise<string> {
  const isPacked = isGzip(head) || isZstd(head);
  if (!isPacked) return head.toString("utf8");
  const decompressor: Transform = isGzip(head) ? createGunzip() : createZstdDecompress();
  const source = Readable.from([head]);
  try {
    for await (const chunk of source.pipe(decompressor)) return (chunk as Buffer).toString("utf8");
  } catch {
    // Broken or cut off: whoever reads the file says so.
  } finally {
    source.destroy();
    decompressor.destroy();
  }
  return "";
}
