// What X-Ray takes. https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html

/** The longest segment document, 64 kB, less what its datagram's header takes: more than 65,507 bytes no UDP datagram holds. */
export const MAX_DOCUMENT_BYTES = 65_470;

/** The longest name of a segment or subsegment. */
export const MAX_SEGMENT_NAME_LENGTH = 200;

/** The longest string of any other field. */
export const MAX_TEXT_LENGTH = 250;

/** How many annotations of one trace X-Ray indexes. */
export const MAX_ANNOTATIONS = 50;

/** What a datagram to the daemon begins with. https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon */
export const DATAGRAM_HEADER = '{"format":"json","version":1}';

/** A segment or subsegment as it is sent: times in seconds; the trace id, and for subsegments type and parent, only on what is sent by itself. */
export interface SegmentDocument {
  readonly id: string;
  readonly name: string;
  readonly start_time: number;
  readonly end_time?: number;
  readonly in_progress?: boolean;
  readonly trace_id?: string;
  readonly parent_id?: string;
  readonly type?: "subsegment";
  readonly namespace?: string;
  readonly origin?: string;
  readonly error?: boolean;
  readonly fault?: boolean;
  readonly throttle?: boolean;
  readonly annotations?: Readonly<Record<string, string | number | boolean>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly http?: { readonly request?: object; readonly response?: { readonly status?: number } };
  readonly aws?: Readonly<Record<string, unknown>>;
  readonly cause?: string | SegmentCause;
  readonly subsegments?: readonly SegmentDocument[];
}

/** Why a segment failed; elsewhere in the trace the same error is named by its id alone. */
export interface SegmentCause {
  readonly working_directory?: string;
  readonly exceptions: readonly SegmentException[];
}

/** One error of a chain; `cause` is the id of the error that caused it. */
export interface SegmentException {
  readonly id: string;
  readonly type: string;
  readonly message: string;
  readonly remote?: boolean;
  readonly cause?: string;
  readonly truncated?: number;
  readonly stack?: readonly { readonly path: string; readonly line: number; readonly label: string }[];
}

/** A name with what X-Ray does not allow replaced. */
export function segmentName(name: string): string {
  const clean = name.replaceAll(/[^\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]/gu, "_").slice(0, MAX_SEGMENT_NAME_LENGTH);
  return clean.trim() === "" ? "unnamed" : withoutHalfPair(clean);
}

/** A key as X-Ray's filter expressions can name it: letters, digits and underscores. */
export function annotationKey(key: string): string {
  const clean = key.replaceAll(/[^A-Za-z0-9_]/g, "_").slice(0, MAX_TEXT_LENGTH);
  return clean === "" ? "_" : clean;
}

/** The beginning of a text, as long as X-Ray takes one. */
export function segmentText(text: string): string {
  return text.length > MAX_TEXT_LENGTH ? withoutHalfPair(text.slice(0, MAX_TEXT_LENGTH)) : text;
}

/** A cut in the middle of a surrogate pair would leave half a character. */
function withoutHalfPair(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, "");
}
