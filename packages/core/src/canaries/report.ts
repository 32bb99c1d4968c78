import type { FailureClass } from "../event/failure-class.ts";

/** Why a run, an attempt or a step failed; secrets are masked in the message. */
export interface Failure {
  readonly class: FailureClass;
  /** One sentence for people: what was expected, and what was got. */
  readonly message: string;
}

/** Units of CloudWatch's metrics. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
export type MetricUnit = "Milliseconds" | "Seconds" | "Count" | "Percent" | "Bytes" | "None";

/** A measurement of a run, or of one of its steps. */
export interface RunMetric {
  /** Such as `TimeToFirstByte` or `LargestContentfulPaint`; SuccessPercent and Duration come from the report itself. */
  readonly name: string;
  readonly unit: MetricUnit;
  readonly value: number;
  readonly step?: string;
}

/** A file that was kept of a run. */
export interface ArtifactReport {
  /** Unique in the run, and what its key ends with. */
  readonly name: string;
  readonly contentType: string;
  readonly bytes: number;
  readonly step?: string;
}

export interface StepReport {
  /** Unique among the run's steps: a second one of a name is called `name (2)`. */
  readonly name: string;
  /** `skipped`: an earlier one failed, and it was not begun. */
  readonly status: "passed" | "failed" | "skipped";
  readonly startedMs: number;
  readonly endedMs: number;
  readonly failure?: Failure;
  /** Where it led, for steps that load a page or call an API; redacted. */
  readonly url?: string;
  /** What else the step says: phases of a request, a certificate's dates, selectors that matched. Redacted, plain JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** HTTP answers by class of status, and requests without any, as AWS's report counts them. */
export interface RequestCounts {
  readonly _2xx: number;
  readonly _3xx: number;
  readonly _4xx: number;
  readonly _5xx: number;
  readonly failed: number;
}

export interface AttemptReport {
  readonly startedMs: number;
  readonly endedMs: number;
  /** Absent when it passed. */
  readonly failure?: Failure;
}

/** `passed-after-retry`: an attempt failed and a later one passed, which is counted as flaky. */
export type Outcome = "passed" | "passed-after-retry" | "failed";

/** All that is known of a run when it is over. Times are epoch milliseconds. */
export interface RunReport {
  readonly canary: string;
  readonly kind: string;
  readonly runId: string;
  readonly region: string;
  readonly outcome: Outcome;
  /** Of the last attempt; absent when it passed. */
  readonly failure?: Failure;
  readonly startedMs: number;
  readonly endedMs: number;
  /** The first attempt and its retries. */
  readonly attempts: readonly AttemptReport[];
  /** Of the last attempt. */
  readonly steps: readonly StepReport[];
  readonly metrics: readonly RunMetric[];
  readonly requests: RequestCounts;
  /** Of all attempts. */
  readonly artifacts: readonly ArtifactReport[];
  /** What the keys of the artifacts begin with: `canary/<region>/<name>/YYYY/MM/DD/HH/mm-ss-mmm/`. */
  readonly artifactPrefix: string;
  /** Of the X-Ray trace that the run's requests carry. */
  readonly traceId?: string;
}
