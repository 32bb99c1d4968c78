import type { ArtifactReport, RequestCounts, RunReport } from "./report.ts";

/** A run as the file `SyntheticsReport-PASSED.json`, or `-FAILED.json`, of CloudWatch Synthetics has it; what reads those reads this. Times are ISO 8601. */
export interface SyntheticsReport {
  readonly canaryName: string;
  readonly startTime: string;
  readonly endTime: string;
  /** Whether the canary itself could run, whatever it found. */
  readonly executionStatus: "PASSED" | "FAILED";
  readonly executionError: string | null;
  readonly customerScript: {
    readonly status: "PASSED" | "FAILED";
    readonly failureReason: string | null;
    readonly startTime: string;
    readonly endTime: string;
    readonly requests: RequestCounts;
    readonly steps: readonly SyntheticsStep[];
  };
}

interface SyntheticsStep {
  readonly stepName: string;
  readonly status: "PASSED" | "FAILED" | "SKIPPED";
  readonly startTime: string;
  readonly endTime: string;
  readonly destinationUrl: string | null;
  readonly failureReason: string | null;
  readonly screenshots: readonly { readonly fileName: string }[];
}

/**
 * Writes a report in AWS's form. AWS publishes no schema of it; its members are those that its samples and its users' code read.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_Details.html
 */
export function syntheticsReport(report: RunReport): SyntheticsReport {
  const times = { startTime: iso(report.startedMs), endTime: iso(report.endedMs) };
  const { failure } = report;
  const isOwnFault = failure?.class === "browser" || failure?.class === "canary";
  return {
    canaryName: report.canary,
    ...times,
    executionStatus: isOwnFault ? "FAILED" : "PASSED",
    executionError: isOwnFault ? failure.message : null,
    customerScript: {
      status: failure === undefined ? "PASSED" : "FAILED",
      failureReason: failure?.message ?? null,
      ...times,
      requests: report.requests,
      steps: report.steps.map((step) => ({
        stepName: step.name,
        status: ({ passed: "PASSED", failed: "FAILED", skipped: "SKIPPED" } as const)[step.status],
        startTime: iso(step.startedMs),
        endTime: iso(step.endedMs),
        destinationUrl: step.url ?? null,
        failureReason: step.failure?.message ?? null,
        screenshots: report.artifacts
          .filter((artifact) => isScreenshotOf(artifact, step.name))
          .map(({ name }) => ({ fileName: name })),
      })),
    },
  };
}

function isScreenshotOf({ contentType, step }: ArtifactReport, name: string): boolean {
  return step === name && contentType.startsWith("image/");
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
