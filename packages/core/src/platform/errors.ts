/** Codes that Belfry's errors carry; docs/errors.md lists each with its meaning and what to do. */
export type ErrorCode =
  | "BAD_ARGUMENT"
  | "BAD_CONFIG"
  | "BAD_EVENT"
  | "BAD_PAYLOAD"
  | "BAD_PATTERN"
  | "BAD_QUERY"
  | "NOT_FOUND"
  | "RETRY"
  | "TOO_LARGE"
  | "UNAVAILABLE";

/** An error with a stable code, a plain sentence and, where there is one, the cause; `retryable` says whether the same call may succeed later. */
export class BelfryError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "BelfryError";
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** The message of whatever was thrown: an Error's own message, anything else as text. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
