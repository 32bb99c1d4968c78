/** What a bulk answer says of one item that was not simply taken. */
export interface ItemError {
  readonly type: string;
  /** The reason and those of its causes, in one text. */
  readonly reason: string;
}

/** One item's status, and its error when it has one. */
export interface BulkItem {
  readonly status: number;
  readonly error?: ItemError;
}

/** `all`: every item was taken. `items`: one for each item sent, in order. `malformed`: not an answer to this request. */
export type BulkAnswer = { kind: "all" } | { kind: "items"; items: readonly BulkItem[] } | { kind: "malformed" };

// The member is among the first, before the items.
const HEAD_BYTES = 256;
const NO_ERRORS = '"errors":false';
const STATUS = Buffer.from('"status":');
const ITEMS = Buffer.from('"items":[');
const CREATED = '{"create":{"status":201}},';
const END = "]}";

/** So many items as a filtered answer has them, to compare many at once. */
const MANY = 1024;
const MANY_CREATED = Buffer.from(CREATED.repeat(MANY));

/**
 * Reads the answer to a bulk request of `sent` items. One without errors is not parsed: it is enough that it has a status for each item.
 * https://docs.opensearch.org/latest/api-reference/document-apis/bulk/#response
 */
export function readBulkAnswer(body: Buffer, sent: number): BulkAnswer {
  const hasNoErrors = body.toString("latin1", 0, HEAD_BYTES).includes(NO_ERRORS);
  if (hasNoErrors && (isAllCreated(body, sent) || count(body, STATUS) === sent)) return { kind: "all" };
  const answer = parseJson(body);
  if (!isObject(answer) || !Array.isArray(answer.items) || answer.items.length !== sent) return { kind: "malformed" };
  const items: BulkItem[] = [];
  for (const entry of answer.items) {
    // An item is an object with one member, named by its action.
    const item: unknown = isObject(entry) ? Object.values(entry)[0] : undefined;
    if (!isObject(item) || typeof item.status !== "number") return { kind: "malformed" };
    items.push(
      item.error === undefined ? { status: item.status } : { status: item.status, error: readError(item.error) },
    );
  }
  return { kind: "items", items };
}

/** The error of an answer that is not 2xx: `{"error":{…},"status":…}`, or whatever a proxy before the service wrote. */
export function readErrorAnswer(body: Buffer): ItemError {
  const answer = parseJson(body);
  return readError(
    isObject(answer) ? (answer.error ?? answer.Message ?? answer.message) : body.toString("utf8", 0, 1024),
  );
}

function readError(error: unknown): ItemError {
  if (typeof error === "string") return { type: "unknown", reason: error };
  if (!isObject(error)) return { type: "unknown", reason: "" };
  const type = typeof error.type === "string" ? error.type : "unknown";
  return { type, reason: reasons(error).join(": ") };
}

// Causes nest; what names a field stands in the first few.
const MAX_CAUSES = 5;

function reasons(error: Record<string, unknown>): string[] {
  const found: string[] = [];
  let cause: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES && isObject(cause); depth++) {
    if (typeof cause.reason === "string") found.push(cause.reason);
    cause = cause.caused_by;
  }
  return found;
}

/** Whether the items are those of a filtered answer to as many documents, all of them new: what nearly every answer is. */
function isAllCreated(body: Buffer, sent: number): boolean {
  const head = body.subarray(0, HEAD_BYTES).indexOf(ITEMS);
  let at = head + ITEMS.length;
  const end = at + sent * CREATED.length - 1;
  if (head < 0 || body.length !== end + END.length) return false;
  for (; at < end; at += MANY_CREATED.length) {
    const length = Math.min(MANY_CREATED.length, end - at);
    if (body.compare(MANY_CREATED, 0, length, at, at + length) !== 0) return false;
  }
  return true;
}

/**
 * How often a text stands in the body. Items without errors are alike to a digit, so each is looked for first as far behind the last as that was
 * behind the one before it; a wrong guess can only find too few, and then the answer is parsed.
 */
function count(body: Buffer, text: Buffer): number {
  let found = 0;
  let stride = 0;
  for (let at = body.indexOf(text); at >= 0; found++) {
    if (stride > 0 && standsAt(body, at + stride, text)) at += stride;
    else {
      const next = body.indexOf(text, at + text.length);
      stride = next - at;
      at = next;
    }
  }
  return found;
}

function standsAt(body: Buffer, at: number, text: Buffer): boolean {
  for (let i = 0; i < text.length; i++) if (body[at + i] !== text[i]) return false;
  return true;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    // What does not parse is answered as what has no members.
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
