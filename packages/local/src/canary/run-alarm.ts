import type { CanaryConfig } from "@belfry/core/config/canaries/schema";

/** What an alarm on a canary says. */
export type AlarmState = "OK" | "ALARM";

/**
 * The alarm on a canary, evaluated as CloudWatch does, with a period for each run: on as soon as `failedRuns` of the last `ofRuns` failed, and off as soon as they are fewer.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarm-evaluation
 */
export class RunAlarm {
  readonly #of: CanaryConfig["alarm"];
  #failed: boolean[] = [];
  #state: AlarmState | undefined;

  constructor(of: CanaryConfig["alarm"]) {
    this.#of = of;
  }

  /** Takes a run; gives the new state where that is another one, and the first one: an alarm of an earlier process may be on. A run that is undefined failed by a fault of its own: it has no data, and changes nothing. */
  take(hasFailed: boolean | undefined): AlarmState | undefined {
    if (hasFailed === undefined) return undefined;
    this.#failed = [...this.#failed, hasFailed].slice(-this.#of.ofRuns);
    const state = this.failedRuns >= this.#of.failedRuns ? "ALARM" : "OK";
    const isTooEarly = this.#state === undefined && state === "OK" && hasFailed;
    if (state === this.#state || isTooEarly) return undefined;
    this.#state = state;
    return state;
  }

  /** How many of the last runs failed. */
  get failedRuns(): number {
    return this.#failed.filter(Boolean).length;
  }
}
