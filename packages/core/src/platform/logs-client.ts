import { awsCall } from "./aws-call.ts";
import { perRegion, settings } from "./clients.ts";

/** A log group as DescribeLogGroups has it. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html */
export interface LogGroup {
  readonly name: string;
  readonly createdMs: number;
  /** Absent where log events never expire. */
  readonly retentionDays?: number;
  /** The account-level policy that decides on the retention in place of the log group's own. */
  readonly retentionPolicy?: string;
  /** ARN. */
  readonly kmsKey?: string;
  /** STANDARD, INFREQUENT_ACCESS, ESSENTIALS or DELIVERY. */
  readonly logClass: string;
}

/** Up to 50 of a list, and where it goes on; a token holds for 24 hours. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/** One page of all log groups, in the order of their names. Raises AwsCallError, as all calls below. */
export type DescribeLogGroups = (nextToken: string | undefined, signal: AbortSignal) => Promise<Page<LogGroup>>;

/** PENDING and RUNNING are active; COMPLETED, CANCELLED and FAILED are the ends. */
export type ExportStatus = "PENDING" | "RUNNING" | "PENDING_CANCEL" | "COMPLETED" | "CANCELLED" | "FAILED";

/** An export task of the account, Belfry's or not. */
export interface ExportTask {
  readonly id: string;
  readonly name: string;
  readonly status: ExportStatus;
  /** What the service says to the status; empty when it says nothing. */
  readonly reason: string;
}

/** Which tasks to describe; all when nothing is given. */
export interface ExportTaskFilter {
  readonly id?: string;
  readonly status?: ExportStatus;
}

/** A task to be created. Events at `fromMs` and at `lastMs` are both exported. */
export interface NewExportTask {
  readonly name: string;
  readonly logGroup: string;
  readonly fromMs: number;
  readonly lastMs: number;
  readonly bucket: string;
  /** Without a slash at its end; the service appends the task's id and the log stream. */
  readonly prefix: string;
}

/** What the export calls in CloudWatch Logs. */
export interface ExportCalls {
  readonly describeLogGroups: DescribeLogGroups;
  readonly describeExportTasks: (
    filter: ExportTaskFilter,
    nextToken: string | undefined,
    signal: AbortSignal,
  ) => Promise<Page<ExportTask>>;
  /** Returns the task's id. */
  readonly createExportTask: (task: NewExportTask, signal: AbortSignal) => Promise<string>;
}

/** What the enforcement of retention calls in CloudWatch Logs. */
export interface RetentionCalls {
  readonly describeLogGroups: DescribeLogGroups;
  readonly putRetention: (logGroup: string, days: number, signal: AbortSignal) => Promise<void>;
  /** Takes a key's ARN; replaces a key that is there. */
  readonly associateKmsKey: (logGroup: string, kmsKey: string, signal: AbortSignal) => Promise<void>;
}

const logsClient = perRegion(async (region) => {
  const { CloudWatchLogsClient } = await import("@aws-sdk/client-cloudwatch-logs");
  return new CloudWatchLogsClient(await settings(region));
});

/** CloudWatch Logs of a region, by default the function's own, for the export. */
export function exportCalls(region?: string): ExportCalls {
  return {
    describeLogGroups: describeLogGroups(region),
    describeExportTasks: describeExportTasks(region),
    createExportTask: createExportTask(region),
  };
}

/** CloudWatch Logs of a region, by default the function's own, for the enforcement of retention. */
export function retentionCalls(region?: string): RetentionCalls {
  return {
    describeLogGroups: describeLogGroups(region),
    putRetention: async (logGroupName, retentionInDays, abortSignal) => {
      const { PutRetentionPolicyCommand } = await import("@aws-sdk/client-cloudwatch-logs");
      const client = await logsClient(region);
      const command = new PutRetentionPolicyCommand({ logGroupName, retentionInDays });
      await awsCall("logs:PutRetentionPolicy", () => client.send(command, { abortSignal }));
    },
    associateKmsKey: async (logGroupName, kmsKeyId, abortSignal) => {
      const { AssociateKmsKeyCommand } = await import("@aws-sdk/client-cloudwatch-logs");
      const client = await logsClient(region);
      const command = new AssociateKmsKeyCommand({ logGroupName, kmsKeyId });
      await awsCall("logs:AssociateKmsKey", () => client.send(command, { abortSignal }));
    },
  };
}

function describeLogGroups(region: string | undefined): DescribeLogGroups {
  return async (nextToken, abortSignal) => {
    const { DescribeLogGroupsCommand } = await import("@aws-sdk/client-cloudwatch-logs");
    const client = await logsClient(region);
    const command = new DescribeLogGroupsCommand({ limit: 50, nextToken });
    const answer = await awsCall("logs:DescribeLogGroups", () => client.send(command, { abortSignal }));
    const items = (answer.logGroups ?? []).map((group) => ({
      name: group.logGroupName ?? "",
      createdMs: group.creationTime ?? 0,
      logClass: group.logGroupClass ?? "STANDARD",
      ...(group.retentionInDays === undefined ? {} : { retentionDays: group.retentionInDays }),
      ...(group.retentionPolicyName === undefined ? {} : { retentionPolicy: group.retentionPolicyName }),
      ...(group.kmsKeyId === undefined ? {} : { kmsKey: group.kmsKeyId }),
    }));
    return page(items, answer.nextToken);
  };
}

function describeExportTasks(region: string | undefined): ExportCalls["describeExportTasks"] {
  return async ({ id, status }, nextToken, abortSignal) => {
    const { DescribeExportTasksCommand } = await import("@aws-sdk/client-cloudwatch-logs");
    const client = await logsClient(region);
    const command = new DescribeExportTasksCommand({ taskId: id, statusCode: status, nextToken });
    const answer = await awsCall("logs:DescribeExportTasks", () => client.send(command, { abortSignal }));
    const items = (answer.exportTasks ?? []).map((task) => ({
      id: task.taskId ?? "",
      name: task.taskName ?? "",
      status: task.status?.code ?? "PENDING",
      reason: task.status?.message ?? "",
    }));
    return page(items, answer.nextToken);
  };
}

function createExportTask(region: string | undefined): ExportCalls["createExportTask"] {
  return async (task, abortSignal) => {
    const { CreateExportTaskCommand } = await import("@aws-sdk/client-cloudwatch-logs");
    const client = await logsClient(region);
    const command = new CreateExportTaskCommand({
      taskName: task.name,
      logGroupName: task.logGroup,
      from: task.fromMs,
      to: task.lastMs,
      destination: task.bucket,
      destinationPrefix: task.prefix,
    });
    const { taskId = "" } = await awsCall("logs:CreateExportTask", () => client.send(command, { abortSignal }));
    return taskId;
  };
}

function page<T>(items: readonly T[], nextToken: string | undefined): Page<T> {
  return nextToken === undefined ? { items } : { items, nextToken };
}
