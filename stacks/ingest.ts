import type { Stack } from "aws-cdk-lib";
import { addCustomFunction } from "./ingest-custom.ts";
import { addDirectPath } from "./ingest-direct.ts";
import { addObjectPath } from "./ingest-objects.ts";
import { addStreamPath } from "./ingest-stream.ts";
import type { StackContext } from "./stack-context.ts";

/** How logs come in: through a stream, or from CloudWatch Logs straight to a function; and from objects of S3. */
export function ingest(stack: Stack, context: StackContext): void {
  const { ingest: settings } = context.deployment;
  if (settings.buffer === "none") addDirectPath(stack, context);
  else addStreamPath(stack, context);
  if (settings.buckets.length > 0) addObjectPath(stack, context);
  if (context.config.process !== undefined) addCustomFunction(stack, context);
}
