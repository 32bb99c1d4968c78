import type { RetentionSettings } from "../config/deploy/retention.ts";
import { AwsCallError } from "../platform/aws-call.ts";
import { messageOf } from "../platform/errors.ts";
import type { Logger } from "../platform/logger.ts";
import type { LogGroup, RetentionCalls } from "../platform/logs-client.ts";
import type { Metrics } from "../platform/metrics.ts";
import type { PacedCall } from "../platform/paced-calls.ts";
import { type LogGroupPlan, retentionPlan } from "./retention-plan.ts";

export interface RetentionPorts {
  readonly calls: RetentionCalls;
  readonly paced: PacedCall;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What one run has done. `seen` is `changed` and the counts of `skipped` and `failedCount` together. */
export interface RetentionAnswer {
  readonly seen: number;
  /** In a dry run: that would have been changed. */
  readonly changed: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly failedCount: number;
  /** The first of them. */
  readonly failed: readonly { readonly logGroup: string; readonly reason: string }[];
  readonly dryRun: boolean;
  /** Where to go on when time was up; without it all log groups have been looked at. */
  readonly nextToken?: string;
}

const MAX_REPORTED = 50;

/**
 * Looks through the log groups of the region and gives them the retention and the key that they should have. What is right already costs one call for
 * fifty, so a run that the deadline ends is taken up by the next from the start, or from `nextToken`. A log group that cannot be changed is reported and
 * does not stop the others; raises AwsCallError when the log groups cannot be listed.
 */
export async function enforceRetention(
  ports: RetentionPorts,
  settings: RetentionSettings,
  run: { readonly nextToken?: string | undefined; readonly signal: AbortSignal },
): Promise<RetentionAnswer> {
  const enforcement = new Enforcement(ports, settings, run.signal);
  let token = run.nextToken;
  do {
    const at = token;
    const page = await enforcement.list(at);
    // A page that was not looked at to its end is looked at again.
    if (page === undefined || !(await enforcement.change(page.items))) return enforcement.answer(at);
    token = page.nextToken;
  } while (token !== undefined);
  return enforcement.answer(undefined);
}

/** The counts of one run. */
class Enforcement {
  readonly #ports: RetentionPorts;
  readonly #planOf: (group: LogGroup) => LogGroupPlan;
  readonly #dryRun: boolean;
  readonly #signal: AbortSignal;
  readonly #skipped: Record<string, number> = {};
  readonly #failed: { logGroup: string; reason: string }[] = [];
  #seen = 0;
  #changed = 0;

  constructor(ports: RetentionPorts, settings: RetentionSettings, signal: AbortSignal) {
    this.#ports = ports;
    this.#planOf = retentionPlan(settings);
    this.#dryRun = settings.dryRun;
    this.#signal = signal;
  }

  /** Undefined when time is up. */
  async list(token: string | undefined) {
    try {
      return await this.#ports.paced(() => this.#ports.calls.describeLogGroups(token, this.#signal), this.#signal);
    } catch (thrown) {
      if (this.#signal.aborted) return undefined;
      throw thrown;
    }
  }

  /** False when time is up before the last of them. */
  async change(groups: readonly LogGroup[]): Promise<boolean> {
    for (const group of groups) {
      if (this.#signal.aborted) return false;
      const plan = this.#planOf(group);
      if (plan.skip !== undefined) this.#skipped[plan.skip] = (this.#skipped[plan.skip] ?? 0) + 1;
      else if (!(await this.#apply(group, plan))) return false;
      this.#seen++;
    }
    return true;
  }

  /** False when time was up. */
  async #apply({ name, retentionDays }: LogGroup, { days, kmsKey }: LogGroupPlan): Promise<boolean> {
    const { calls, paced, logger } = this.#ports;
    const from = retentionDays ?? "never";
    try {
      if (!this.#dryRun) {
        if (days !== undefined) await paced(() => calls.putRetention(name, days, this.#signal), this.#signal);
        if (kmsKey !== undefined) await paced(() => calls.associateKmsKey(name, kmsKey, this.#signal), this.#signal);
      }
      this.#changed++;
      const message = this.#dryRun ? "log group would be changed" : "log group changed";
      logger.info(message, { logGroup: name, ...(days === undefined ? {} : { from, days }), kmsKey });
    } catch (thrown) {
      if (this.#signal.aborted) return false;
      const reason = thrown instanceof AwsCallError ? `${thrown.action}: ${thrown.awsName}` : messageOf(thrown);
      this.#failed.push({ logGroup: name, reason });
      logger.warn("log group not changed", { logGroup: name, error: thrown });
    }
    return true;
  }

  answer(nextToken: string | undefined): RetentionAnswer {
    const of = { Function: "logs-retention" };
    this.#ports.metrics.count("LogGroupsSeen", this.#seen, of);
    this.#ports.metrics.count("LogGroupsChanged", this.#dryRun ? 0 : this.#changed, of);
    this.#ports.metrics.count("LogGroupsFailed", this.#failed.length, of);
    return {
      seen: this.#seen,
      changed: this.#changed,
      skipped: this.#skipped,
      failedCount: this.#failed.length,
      failed: this.#failed.slice(0, MAX_REPORTED),
      dryRun: this.#dryRun,
      ...(nextToken === undefined ? {} : { nextToken }),
    };
  }
}
