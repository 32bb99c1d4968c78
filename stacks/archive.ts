import type { Stack } from "aws-cdk-lib";
import { addAthena } from "./archive-athena.ts";
import { addDirectStream } from "./archive-direct.ts";
import { addDeliveryStream } from "./archive-stream.ts";
import { addCatalog } from "./archive-table.ts";
import { ARCHIVE_STREAM } from "./constructs/sink-statements.ts";
import type { StackContext } from "./stack-context.ts";

/** The archive: a delivery stream into S3, a table over it, a workgroup to query it; and a stream with a transforming function where that is wanted. */
export function archive(stack: Stack, context: StackContext): void {
  const { archive: settings } = context.deployment;
  const parquet = settings.format === "parquet";
  const table = settings.athena || parquet ? addCatalog(stack, context) : undefined;
  const stream = addDeliveryStream(stack, "ArchiveStream", context, { name: ARCHIVE_STREAM, prefix: "logs/", parquet });
  if (table !== undefined) stream.node.addDependency(table);
  if (settings.athena) addAthena(stack, context);
  if (settings.direct !== undefined) addDirectStream(stack, context, settings.direct);
}
