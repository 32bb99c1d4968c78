// CloudWatch Logs as the export sees it, with the rules of the real one: one active task at a time (or more, to try whether Belfry keeps to one by
// itself), a task only for times after its log group's creation, lists in pages, answers that come late.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateExportTask.html
import { AwsCallError } from "@belfry/core/platform/aws-call";
import type { ExportCalls, ExportStatus, LogGroup, NewExportTask } from "@belfry/core/platform/logs-client";

export interface FakeTask extends NewExportTask {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly end: "COMPLETED" | "FAILED" | "CANCELLED";
  readonly foreign: boolean;
}

export interface FakeExportOptions {
  readonly now: () => number;
  readonly groups: () => readonly LogGroup[];
  readonly maxActive?: number;
  /** How long the next task runs and how it ends. */
  readonly fate?: () => Pick<FakeTask, "end"> & { readonly durationMs: number };
  /** How long a new task cannot be seen by DescribeExportTasks. */
  readonly hiddenMs?: number;
}

export interface FakeExport extends ExportCalls {
  readonly tasks: readonly FakeTask[];
  /** Starts a task that is not Belfry's, unless there is one too many. */
  readonly startForeign: (durationMs: number) => void;
}

const PAGE = 2;

export function fakeExport(options: FakeExportOptions): FakeExport {
  const { now, groups, maxActive = 1, hiddenMs = 0 } = options;
  const fate = options.fate ?? (() => ({ end: "COMPLETED", durationMs: 10_000 }) as const);
  const tasks: FakeTask[] = [];
  const active = () => tasks.filter((task) => task.startMs <= now() && now() < task.endMs).length;
  const statusOf = (task: FakeTask): ExportStatus => {
    if (now() >= task.endMs) return task.end;
    return now() < task.startMs + 1000 ? "PENDING" : "RUNNING";
  };
  const start = (task: NewExportTask, foreign: boolean): string => {
    const { end, durationMs } = fate();
    const id = `task-${tasks.length}`;
    tasks.push({ ...task, id, foreign, startMs: now(), endMs: now() + durationMs, end });
    return id;
  };
  return {
    tasks,
    startForeign: (durationMs) => {
      if (active() >= maxActive) return;
      const task = { name: "another's", logGroup: "other", fromMs: 0, lastMs: 1, bucket: "theirs", prefix: "x" };
      tasks.push({
        ...task,
        id: `task-${tasks.length}`,
        foreign: true,
        startMs: now(),
        endMs: now() + durationMs,
        end: "COMPLETED",
      });
    },
    describeLogGroups: async (token) => pageOf(groups(), token),
    describeExportTasks: async ({ id, status }, token) => {
      const seen = tasks.filter((task) => now() >= task.startMs + hiddenMs);
      const matching = seen.filter(
        (task) => (id === undefined || task.id === id) && (status === undefined || statusOf(task) === status),
      );
      return pageOf(
        matching.map((task) => ({ id: task.id, name: task.name, status: statusOf(task), reason: "" })),
        token,
      );
    },
    createExportTask: async (task) => {
      const group = groups().find(({ name }) => name === task.logGroup);
      if (group === undefined) throw refusal("ResourceNotFoundException");
      const wrong =
        task.fromMs > task.lastMs ||
        task.lastMs < group.createdMs ||
        task.name.length > 512 ||
        task.prefix.length > 1024 ||
        task.bucket === "not-granted";
      if (wrong) throw refusal("InvalidParameterException");
      if (active() >= maxActive) throw refusal("LimitExceededException");
      return start(task, false);
    },
  };
}

/** An error as the SDK throws it for an answer with a 4xx status. */
export function refusal(name: string): AwsCallError {
  const cause = Object.assign(new Error("refused by the test"), { name, $metadata: { httpStatusCode: 400 } });
  return new AwsCallError("logs:CreateExportTask", cause);
}

function pageOf<T>(items: readonly T[], token: string | undefined): { items: readonly T[]; nextToken?: string } {
  const from = Number(token ?? 0);
  const rest = items.slice(from, from + PAGE);
  return from + PAGE < items.length ? { items: rest, nextToken: String(from + PAGE) } : { items: rest };
}
