import type { CommonCanary } from "../config/canaries/common.ts";
import type { RunReport } from "./report.ts";

/** Whether a run ended as its canary's `expect` says; a retry that helped is a pass. */
export function isAsExpected({ failure }: Pick<RunReport, "failure">, expected: CommonCanary["expect"]): boolean {
  return (failure === undefined ? "pass" : `fail:${failure.class}`) === expected;
}
