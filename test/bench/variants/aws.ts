import { EventEmitter } from "node:events";
import https from "node:https";
import { createRequire } from "node:module";
import { BulkAnswers } from "./bulk-answers.ts";
import type { Variant } from "./variant.ts";

interface LambdaContext {
  succeed(result: unknown): void;
  fail(error: unknown): void;
}
type LogsToEs = { handler(input: { awslogs: { data: string } }, context: LambdaContext): void };

/**
 * The function that AWS's console offers for a subscription to a search domain ("LogsToElasticsearch"), as npm's `serverless-es-logs` ships it.
 * It makes one index action and one object for each log event and signs its request; only the network is a stand-in here.
 */
export function logsToElasticsearch(): Variant {
  // Read once, when the module is loaded.
  Object.assign(process.env, {
    ES_ENDPOINT: "search-bench.us-east-1.es.amazonaws.com",
    ES_INDEX_PREFIX: "cwl",
    ES_INDEX_DATE_SEPARATOR: ".",
    AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
    AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    AWS_SESSION_TOKEN: "token",
  });
  // It prints each answer; standard output is the worker's protocol.
  console.log = () => undefined;
  https.request = answerRequests() as unknown as typeof https.request;
  const { handler } = createRequire(import.meta.url)("serverless-es-logs/templates/code/logsToEs.js") as LogsToEs;
  return {
    async run(event) {
      for (const record of event.Records) {
        const { data } = record.kinesis;
        await new Promise((succeed, fail) => handler({ awslogs: { data } }, { succeed, fail }));
      }
    },
  };
}

/** Stands in for `https.request`: takes the body and answers as a cluster that takes everything. */
function answerRequests() {
  const answers = new BulkAnswers("index");
  return (_options: unknown, onResponse: (response: EventEmitter) => void): EventEmitter => {
    const end = (body: string) => {
      const answer = answers.to(body);
      setImmediate(() => {
        const response = Object.assign(new EventEmitter(), { statusCode: 200 });
        onResponse(response);
        response.emit("data", answer);
        response.emit("end");
      });
    };
    return Object.assign(new EventEmitter(), { end });
  };
}
