import { inflate, isGzip, isZstd } from "@belfry/core/sources/inflate";
import { type LambdaEvent, lambdaEventOf } from "./lambda-event.ts";

/** What a file given to `ingest` holds, piece by piece, in its order. */
export type IngestPiece =
  | LambdaEvent
  /** One JSON document that is no event: a record by itself. */
  | { readonly kind: "message"; readonly text: string }
  /** Everything else, read as an object in S3 would be: the whole file as it lies there, or a document of it. */
  | { readonly kind: "logs"; readonly text?: string };

/** Larger files hold logs, not events: an event has at most 6 MB, in base64 and with what is around it. */
export const MAX_EVENTS_BYTES = 64 * 1024 * 1024;

// CloudWatch envelopes and CloudTrail files are read as files: their records keep CloudWatch's ids and the offsets.
const READ_AS_FILE = /^\s*\{\s*"(?:messageType|owner|logGroup|logStream|subscriptionFilters|logEvents|Records)"\s*:/;
/** gzip in base64, as `awslogs.data` holds it. */
const BASE64_GZIP = /^\s*H4sI[A-Za-z0-9+/=\s]+$/;

/**
 * Recognizes what is in a file: a Lambda event, several in an array or one a line, the base64 text of a CloudWatch payload, other JSON documents, or
 * plain logs. Raises BAD_PAYLOAD or TOO_LARGE when it is compressed and cannot be inflated.
 */
export function piecesOf(bytes: Buffer): IngestPiece[] {
  const isPacked = isGzip(bytes) || isZstd(bytes);
  const text = (isPacked ? inflate(bytes, 4 * MAX_EVENTS_BYTES) : bytes).toString("utf8").trim();
  if (BASE64_GZIP.test(text))
    return [{ kind: "subscription", event: { awslogs: { data: text.replaceAll(/\s/g, "") } } }];
  if (!text.startsWith("{") && !text.startsWith("[")) return [{ kind: "logs" }];
  const whole = parsed(text);
  if (whole === undefined) return ofLines(text);
  if (!Array.isArray(whole)) return [ofDocument(whole, text)];
  return whole.length === 0 ? [] : whole.map((element) => ofDocument(element, JSON.stringify(element)));
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
  return READ_AS_FILE.test(text) ? { kind: "logs", text } : { kind: "message", text };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
