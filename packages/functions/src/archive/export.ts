import { exportStore } from "@belfry/core/archive/export-state";
import { type ExportAnswer, exportStep } from "@belfry/core/archive/export-step";
import { BelfryError } from "@belfry/core/platform/errors";
import { type ExportCalls, exportCalls } from "@belfry/core/platform/logs-client";
import { pacedCalls } from "@belfry/core/platform/paced-calls";
import { dynamoTable, type Table } from "@belfry/core/platform/table-client";
import type { LambdaHandler } from "../handler.ts";
import { inAwsTask, required, type TaskRuntime, taskHandler } from "../task.ts";

/** What the state machine hands over at each step. */
interface ExportEvent {
  /** The execution's ARN, `$$.Execution.Id`. */
  readonly run: string;
}

// DescribeLogGroups and DescribeExportTasks have a quota for the whole account: this leaves half of it to others.
const CALLS_PER_SECOND = 5;

/** One step of the export of log groups to S3, called again by a state machine until its answer is `done`; an error is to be tried again. */
export function exportHandler(
  runtime: TaskRuntime,
  calls: ExportCalls,
  table: (name: string) => Table,
): LambdaHandler<ExportEvent, ExportAnswer> {
  const { env, config } = runtime;
  const region = required(env, "AWS_REGION", "the region that the function runs in");
  const bucket = required(env, "BELFRY_EXPORT_BUCKET", "the bucket that log groups are exported to");
  const store = exportStore(table(required(env, "BELFRY_STATE_TABLE", "the table of Belfry's state")), region);
  const paced = pacedCalls({ ...runtime, perSecond: CALLS_PER_SECOND });
  return taskHandler("archive-export", runtime, ({ run }, { signal, logger }) => {
    if (typeof run !== "string" || run === "")
      throw new BelfryError("BAD_EVENT", `archive-export takes the id of its run as "run", got ${JSON.stringify(run)}`);
    const ports = { ...runtime, calls, store, paced, logger };
    return exportStep(ports, config.deploy.export, { owner: run, region, bucket, signal });
  });
}

/** What Lambda calls. @public */
export const handler = inAwsTask((runtime) => exportHandler(runtime, exportCalls(), dynamoTable));
