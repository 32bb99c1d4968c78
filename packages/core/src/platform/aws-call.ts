import { BelfryError, messageOf } from "./errors.ts";

/** Why AWS did not answer: the action is not allowed, the credentials are missing or not valid, it did so for any other reason. */
export type AwsRefusal = "denied" | "credentials" | "other";

// Services name the same refusal differently. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
const DENIED = /^(AccessDenied|UnauthorizedOperation|AuthorizationError|NotAuthorized)/;

// From the SDK's credential providers, and https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
const CREDENTIALS =
  /^(CredentialsProviderError|TokenProviderError|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|MissingAuthenticationToken|IncompleteSignature|AuthFailure|OptInRequired)/;

/** A call to AWS that failed: what it was, what AWS calls the error, and what kind of refusal that is. */
export class AwsCallError extends BelfryError {
  /** The IAM action, such as `logs:DescribeLogGroups`. */
  readonly action: string;
  /** The name that the service or the SDK gives the error, such as `ResourceNotFoundException`. */
  readonly awsName: string;
  readonly refusal: AwsRefusal;

  constructor(action: string, cause: unknown) {
    const awsName = nameOf(cause);
    const refusal = DENIED.test(awsName) ? "denied" : CREDENTIALS.test(awsName) ? "credentials" : "other";
    const code = refusal === "credentials" ? "BAD_CONFIG" : "UNAVAILABLE";
    super(code, `${action} failed: ${wordsOf(cause, awsName)}`, { cause, retryable: refusal === "other" });
    this.action = action;
    this.awsName = awsName;
    this.refusal = refusal;
  }
}

/** Awaits a call to AWS; what it throws becomes an AwsCallError that names the IAM action, whatever the service's protocol. */
export async function awsCall<T>(action: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw new AwsCallError(action, cause);
  }
}

/** One answer of a list, and the token of the next. */
interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** The pages of a list, each read when it is asked for; no token is given for the first. Raises AwsCallError. */
export async function* pages<T>(
  action: string,
  read: (token: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<readonly T[]> {
  let token: string | undefined;
  do {
    const { items, next } = await awsCall(action, () => read(token));
    yield items;
    token = next;
  } while (token !== undefined);
}

/** All pages of a list in one. Raises AwsCallError. */
export async function allPages<T>(
  action: string,
  read: (token: string | undefined) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const items of pages(action, read)) all.push(...items);
  return all;
}

/** An answer that is no error document, as of a service that an emulator lacks, has nothing but its status. */
function wordsOf(cause: unknown, awsName: string): string {
  const status = (cause as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  if (awsName === "Unknown" && status !== undefined) return `an answer of status ${status} that says nothing`;
  return `${awsName}: ${messageOf(cause)}`;
}

/** Connection errors have a code (`ECONNREFUSED`), and some are wrapped in an AggregateError that has no message of its own. */
function nameOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "Error";
  const { code } = thrown as NodeJS.ErrnoException;
  return thrown.name === "Error" || thrown.name === "AggregateError" ? (code ?? thrown.name) : thrown.name;
}
