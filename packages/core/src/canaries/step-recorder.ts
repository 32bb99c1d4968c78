import type { Clock } from "../platform/clock.ts";
import { messageOf } from "../platform/errors.ts";
import type { Logger } from "../platform/logger.ts";
import type { Step, StepHooks } from "./context.ts";
import { endingWith } from "./deadline.ts";
import { CanaryFailure, failureOf } from "./failure.ts";
import type { Redaction } from "./redaction.ts";
import type { Failure, MetricUnit, RunMetric, StepReport } from "./report.ts";

/** What a recorder needs of its attempt. */
export interface StepRecorderPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly redaction: Redaction;
  readonly signal: AbortSignal;
}

interface OpenStep {
  readonly name: string;
  readonly startedMs: number;
  status: StepReport["status"] | "open";
  endedMs: number;
  failure?: Failure;
  url?: string;
  readonly details: Record<string, unknown>;
}

/** The steps of one attempt, in their order. */
export class StepRecorder {
  readonly #ports: StepRecorderPorts;
  readonly #steps: OpenStep[] = [];
  readonly #hooks: StepHooks[] = [];
  readonly #names = new Map<string, number>();
  readonly metrics: RunMetric[] = [];
  #running: Promise<unknown> | undefined;

  constructor(ports: StepRecorderPorts) {
    this.#ports = ports;
  }

  /** The name of the step that runs. */
  get current(): string | undefined {
    return this.#steps.find(({ status }) => status === "open")?.name;
  }

  around(hooks: StepHooks): void {
    this.#hooks.push(hooks);
  }

  skip(name: string): void {
    const now = this.#ports.clock.now();
    this.#steps.push({ name: this.#unique(name), startedMs: now, endedMs: now, status: "skipped", details: {} });
  }

  /** Runs a step's body between the hooks. Raises what the body raises, or the signal's reason. */
  async run<T>(name: string, body: (step: Step) => Promise<T>): Promise<T> {
    this.#ports.signal.throwIfAborted();
    if (this.current !== undefined) {
      throw new CanaryFailure("canary", `the step ${name} begins within the step ${this.current}: end that one first`);
    }
    const running = this.#run(name, body);
    this.#running = running.catch(() => undefined);
    return running;
  }

  /** Waits for the hooks of a step that the attempt's end broke off, as long as the signal lets it; then closes what is still open with the attempt's failure. */
  async close(failure: Failure | undefined, signal: AbortSignal): Promise<void> {
    await endingWith(Promise.resolve(this.#running), signal).catch((thrown) => {
      this.#ports.logger.warn("a step did not end in time", { error: thrown });
    });
    for (const step of this.#steps) if (step.status === "open") this.#end(step, failure);
  }

  reports(): StepReport[] {
    return this.#steps.map(({ status, details, ...step }) => ({
      ...step,
      status: status === "open" ? "failed" : status,
      ...(Object.keys(details).length === 0 ? {} : { details: { ...details } }),
    }));
  }

  async #run<T>(name: string, body: (step: Step) => Promise<T>): Promise<T> {
    const { clock, signal, redaction } = this.#ports;
    const startedMs = clock.now();
    const open: OpenStep = { name: this.#unique(name), startedMs, endedMs: startedMs, status: "open", details: {} };
    const number = this.#steps.push(open);
    const step = this.#handle(open, number);
    await this.#callHooks((hooks) => hooks.before?.(step));
    let failure: Failure | undefined;
    try {
      return await endingWith(body(step), signal);
    } catch (thrown) {
      const raised = failureOf(thrown);
      failure = { class: raised.class, message: redaction.text(raised.message) };
      throw thrown;
    } finally {
      this.#end(open, failure);
      await this.#callHooks((hooks) => hooks.after?.(step, failure));
    }
  }

  #end(step: OpenStep, failure: Failure | undefined): void {
    step.endedMs = this.#ports.clock.now();
    step.status = failure === undefined ? "passed" : "failed";
    if (failure !== undefined) step.failure = failure;
  }

  #handle(open: OpenStep, number: number): Step {
    const { redaction, signal } = this.#ports;
    return {
      name: open.name,
      number,
      signal,
      visited: (url) => {
        open.url = redaction.url(url);
      },
      detail: (name, value) => {
        Object.assign(open.details, redaction.json({ [name]: value }));
      },
      metric: (name: string, unit: MetricUnit, value: number) => {
        this.metrics.push({ name, unit, value, step: open.name });
      },
    };
  }

  /** Evidence must not change what it is of: a hook that fails is logged. */
  async #callHooks(call: (hooks: StepHooks) => Promise<void> | undefined): Promise<void> {
    for (const hooks of this.#hooks) {
      try {
        await call(hooks);
      } catch (thrown) {
        this.#ports.logger.warn(`evidence of a step is missing: ${messageOf(thrown)}`, { error: thrown });
      }
    }
  }

  #unique(given: string): string {
    const name = this.#ports.redaction.text(given);
    const count = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  }
}
