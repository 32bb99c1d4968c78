/** Names of what a service throws for load and passing trouble although its status is 4xx. https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
const PASSING =
  /Throttl|TooManyRequests|LimitExceeded|SlowDown|ProvisionedThroughput|RequestTimeout|ServiceUnavailable/;

// Reasons are counted by name, so there must not be many different ones.
const MAX_WORD = 64;

interface ServiceError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown };
}

/** One word for what was thrown by a client or the network: `ECONNREFUSED`, `ThrottlingException`. */
export function failureWord(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return "unknown";
  const { name, code, cause } = thrown as ServiceError;
  if (typeof cause === "object" && cause !== null) return failureWord(cause);
  const word = typeof code === "string" ? code : typeof name === "string" ? name : "unknown";
  return word.slice(0, MAX_WORD);
}

/** True unless a service refused the call for what it is (permission, name, argument), which trying again at once cannot mend. */
export function isPassing(thrown: unknown): boolean {
  const status = (thrown as ServiceError | undefined)?.$metadata?.httpStatusCode;
  if (typeof status !== "number" || status < 400 || status >= 500) return true;
  return status === 408 || status === 429 || PASSING.test(failureWord(thrown));
}
