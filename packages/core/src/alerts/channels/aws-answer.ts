import type { Delivery } from "../../event/notification.ts";
import { AwsCallError } from "../../platform/aws-call.ts";
import { noAnswer, reasonOf, throttled } from "./answer.ts";

// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
const SLOW_DOWN = /Throttl|TooManyRequests|LimitExceeded|SlowDown|RequestLimit/;

interface ServiceError {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** What came of a call to SES or SNS that failed; `doubles` as for `noAnswer`. Raises what is no AwsCallError. */
export function awsDelivery(thrown: unknown, doubles: boolean): Delivery {
  if (!(thrown instanceof AwsCallError)) throw thrown;
  const { httpStatusCode: status } = (thrown.cause as ServiceError).$metadata ?? {};
  const reason = reasonOf(thrown.message, "");
  if (SLOW_DOWN.test(thrown.awsName) || status === 429)
    return throttled(reason, secondsOf(thrown.cause as ServiceError));
  // Without credentials nothing was sent, and in Lambda they come back.
  if (thrown.refusal === "credentials" && status === undefined) return { outcome: "retry", reason };
  if (status === undefined) return noAnswer(thrown.cause, doubles);
  // A gateway gave up on what stands behind it, or an answer of success cannot be read.
  const isOpen = status === 502 || status === 504 || status < 300;
  if (isOpen && doubles) return { outcome: "unknown", reason };
  return { outcome: isOpen || status >= 500 || status === 408 ? "retry" : "failed", reason };
}

function secondsOf({ $response }: ServiceError): number | undefined {
  const seconds = Number($response?.headers?.["retry-after"] ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}
