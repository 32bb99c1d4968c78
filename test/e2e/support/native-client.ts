// Loaded by `--import` before AWS's runtime client, whose native half needs a C++ compiler: this module stands in for that half. All else
// that runs is AWS's own code. What the original does: https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/native/rapid-client.cc
import { Agent, request } from "node:http";
import { registerHooks } from "node:module";
import { text } from "node:stream/consumers";

registerHooks({
  resolve: (specifier, context, next) =>
    specifier.endsWith("/rapid-client.node") ? { url: import.meta.url, shortCircuit: true } : next(specifier, context),
});

/** An invocation as the runtime client takes it. */
interface Invocation {
  readonly bodyJson: string;
  readonly headers: Record<string, unknown>;
}

const [host, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? "").split(":");
const agent = new Agent({ keepAlive: true });
// The original's posts block; here the next invocation is asked for only after the last answer has been taken.
let posted: Promise<unknown> = Promise.resolve();

/** Waits for the next invocation. */
export async function next(): Promise<Invocation> {
  await posted;
  return call("GET", "next");
}

/** Answers an invocation. */
export function done(id: string, body: string): void {
  posted = call("POST", `${id}/response`, body);
}

/** Reports that an invocation failed; `cause` is the error as X-Ray takes it. */
export function error(id: string, body: string, cause: string): void {
  posted = call("POST", `${id}/error`, body, { "lambda-runtime-function-xray-error-cause": encodeURIComponent(cause) });
}

function call(method: string, path: string, body = "", headers: Record<string, string> = {}): Promise<Invocation> {
  const sent = method === "GET" ? headers : { "content-type": "application/json", ...headers };
  return new Promise((resolve, reject) => {
    request(
      { host, port, agent, method, path: `/2018-06-01/runtime/invocation/${path}`, headers: sent },
      (response) => {
        text(response).then((bodyJson) => resolve({ bodyJson, headers: response.headers }), reject);
      },
    )
      .on("error", reject)
      .end(body);
  });
}
