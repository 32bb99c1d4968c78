import type { HttpAnswer } from "@belfry/core/alerts/respond/page";
import type { RespondRequest } from "@belfry/core/alerts/respond/respond";
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from "aws-lambda";

/** Reads a request to a Function URL. https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads */
export function readUrlRequest(event: LambdaFunctionURLEvent): RespondRequest {
  const { body = "", isBase64Encoded, headers, rawQueryString, requestContext } = event;
  return {
    method: requestContext?.http?.method ?? "",
    query: new URLSearchParams(rawQueryString),
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
    body: isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body,
  };
}

/** The answer as a Function URL takes it. */
export function urlResult({ status, headers, body }: HttpAnswer): LambdaFunctionURLResult {
  return { statusCode: status, headers: { ...headers }, body };
}
