// Runs one bundle's handler on events, as Lambda would: node run-bundle.ts <folder> <file of events>; prints what came of each as JSON lines.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder = "", file = ""] = process.argv.slice(2);
const { handler } = await import(pathToFileURL(resolve(folder, "index.mjs")).href);
const deadline = Date.now() + 20_000;
const context = {
  awsRequestId: "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  invokedFunctionArn: process.env.FUNCTION_ARN,
  getRemainingTimeInMillis: () => deadline - Date.now(),
};
for (const event of JSON.parse(readFileSync(file, "utf8"))) {
  try {
    process.stdout.write(`\nRESULT ${JSON.stringify((await handler(event, context)) ?? null)}\n`);
  } catch (error) {
    process.stdout.write(
      `\nRESULT ${JSON.stringify({ error: error instanceof Error ? error.message : String(error) })}\n`,
    );
  }
}
process.exit(0);
