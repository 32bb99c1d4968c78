// Invokes a bundle once in a process of its own, as Lambda would, and prints its answer and the largest memory that it took:
// node invoke-bundle.ts BUNDLE, with the event as JSON on standard input.
import { resolve } from "node:path";
import { json } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import type { Context } from "aws-lambda";

/** What the program prints as JSON. */
export interface Invoked {
  readonly answer: unknown;
  readonly maxRssBytes: number;
}

// Ten minutes: the test's own time-out comes first.
const REMAINING_MS = 600_000;

const context: Partial<Context> = {
  awsRequestId: "6bc28136-xmpl-4365-b021-0ce6b2e64ab0",
  invokedFunctionArn: "arn:aws:lambda:eu-central-1:111122223333:function:memory",
  getRemainingTimeInMillis: () => REMAINING_MS,
};

const { handler } = await import(pathToFileURL(resolve(process.argv[2], "index.mjs")).href);
const answer = await handler(await json(process.stdin), context);
const invoked: Invoked = { answer, maxRssBytes: process.resourceUsage().maxRSS * 1024 };
process.stdout.write(`\n${JSON.stringify(invoked)}\n`);
