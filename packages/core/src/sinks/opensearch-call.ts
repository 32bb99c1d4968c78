import { BelfryError } from "../platform/errors.ts";
import type { HttpRequest, HttpResponse, SendHttp } from "../platform/http.ts";
import { readErrorAnswer } from "./bulk-answer.ts";

/** Sends a request, with a JSON body where one is given. */
export function call(
  send: SendHttp,
  request: Pick<HttpRequest, "method" | "path">,
  body?: object,
): Promise<HttpResponse> {
  if (body === undefined) return send({ ...request, headers: {} });
  const headers = { "content-type": "application/json" };
  return send({ ...request, headers, body: Buffer.from(JSON.stringify(body)) });
}

/** Whether the plugin of a request's path is not there: `no handler found for uri …`, 400 by OpenSearch and 404 by a serverless collection. */
export function isMissingPlugin({ status, body }: HttpResponse): boolean {
  return status === 404 || (status >= 400 && body.includes("no handler found"));
}

// A data access policy or a role's mapping takes a minute to hold.
const PASSING: ReadonlySet<number> = new Set([401, 403, 408, 429]);

/** Raises UNAVAILABLE for an answer that is not 2xx, retryable where it may pass. */
export function expectOk(method: string, path: string, { status, body }: HttpResponse): void {
  if (status >= 200 && status < 300) return;
  const { reason } = readErrorAnswer(body);
  throw new BelfryError("UNAVAILABLE", `opensearch answered ${status} to ${method} ${path}: ${reason}`, {
    retryable: status >= 500 || PASSING.has(status),
  });
}
