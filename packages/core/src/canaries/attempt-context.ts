import { createHash } from "node:crypto";
import type { CanaryConfig } from "../config/canaries/schema.ts";
import { glob } from "../config/glob.ts";
import { messageOf } from "../platform/errors.ts";
import type { Logger } from "../platform/logger.ts";
import type { BrowserSession } from "./browser-port.ts";
import type { Artifact, AtEnd, BaselineStore, RunContext, SignRequest, Step, StepHooks } from "./context.ts";
import { endingWith } from "./deadline.ts";
import { CanaryFailure } from "./failure.ts";
import type { ArtifactReport, Failure, MetricUnit, RequestCounts, RunMetric, StepReport } from "./report.ts";
import type { Run } from "./run.ts";
import { fillTemplate } from "./run-secrets.ts";
import { StepRecorder } from "./step-recorder.ts";

/** What one attempt gathered. */
export interface AttemptResult {
  readonly steps: readonly StepReport[];
  readonly metrics: readonly RunMetric[];
  readonly requests: RequestCounts;
}

/** The context of one attempt. After `close` it takes nothing any more: what a canary does behind its deadline has no effect on the report. */
export class AttemptContext implements RunContext {
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly #run: Run;
  readonly #recorder: StepRecorder;
  readonly #metrics: RunMetric[] = [];
  readonly #requests = { _2xx: 0, _3xx: 0, _4xx: 0, _5xx: 0, failed: 0 };
  readonly #ends: AtEnd[] = [];
  readonly #traced: readonly ((host: string) => boolean)[];
  #browser: Promise<BrowserSession> | undefined;
  #isClosed = false;

  constructor(run: Run, attempt: number, signal: AbortSignal) {
    this.#run = run;
    this.attempt = attempt;
    this.signal = signal;
    this.logger = run.logger.with({ attempt });
    this.#recorder = new StepRecorder({
      clock: run.ports.clock,
      logger: this.logger,
      redaction: run.redaction,
      signal,
    });
    this.#traced = run.canary.trace.hosts.map(glob);
  }

  get name(): string {
    return this.#run.name;
  }
  get canary(): CanaryConfig {
    return this.#run.canary;
  }
  get runId(): string {
    return this.#run.runId;
  }
  get region(): string {
    return this.#run.ports.region;
  }
  get deadlineMs(): number {
    return this.#run.workUntilMs;
  }
  get clock() {
    return this.#run.ports.clock;
  }
  get random() {
    return this.#run.ports.random;
  }
  get sleep() {
    return this.#run.ports.sleep;
  }
  get network() {
    return this.#run.network;
  }
  get roots(): readonly string[] | undefined {
    return this.#run.ports.roots;
  }
  get userAgent(): string {
    return `Belfry/1.0 (canary ${this.#run.name})`;
  }
  get baselines(): BaselineStore | undefined {
    return this.#run.ports.baselines;
  }
  readonly sign: SignRequest = (request, scope, signal) => {
    const { sign } = this.#run.ports;
    if (sign === undefined)
      throw new CanaryFailure("canary", "requests cannot be signed here: there are no credentials");
    return sign(request, scope, signal);
  };

  traceHeaderFor(url: URL): string | undefined {
    const isTraced = this.#traced.some((matches) => matches(url.hostname));
    return isTraced ? this.#run.ports.traceHeader : undefined;
  }

  step<T>(name: string, body: (step: Step) => Promise<T>): Promise<T> {
    return this.#recorder.run(name, body);
  }
  skip(name: string): void {
    if (!this.#isClosed) this.#recorder.skip(name);
  }
  aroundSteps(hooks: StepHooks): void {
    this.#recorder.around(hooks);
  }
  atEnd(end: AtEnd): void {
    this.#ends.unshift(end);
  }

  keep(artifact: Artifact): ArtifactReport {
    const step = artifact.step ?? this.#recorder.current;
    const name = this.attempt === 1 ? artifact.name : `attempt-${this.attempt}-${artifact.name}`;
    if (this.#isClosed) return { name, contentType: artifact.contentType, bytes: 0 };
    return this.#run.artifacts.keep({ ...artifact, name, ...(step === undefined ? {} : { step }) });
  }
  metric(name: string, unit: MetricUnit, value: number): void {
    if (!this.#isClosed) this.#metrics.push({ name, unit, value });
  }
  countRequest(status: number | undefined): void {
    if (this.#isClosed) return;
    const group = status === undefined ? "failed" : (`_${Math.floor(status / 100)}xx` as keyof RequestCounts);
    if (Object.hasOwn(this.#requests, group)) this.#requests[group]++;
  }

  secret(nameOrReference: string): Promise<string> {
    return this.#run.secrets.read(nameOrReference, this.signal);
  }
  fill(template: string, variables: Readonly<Record<string, string>> = {}): Promise<string> {
    return fillTemplate(template, variables, (wanted) => this.secret(wanted));
  }
  mask(value: string): void {
    this.#run.redaction.add(value);
  }
  redact(text: string): string {
    return this.#run.redaction.text(text);
  }
  async readText(path: string): Promise<string> {
    try {
      return await this.#run.ports.readText(path);
    } catch (thrown) {
      throw new CanaryFailure("canary", `${path} cannot be read: ${messageOf(thrown)}`, { cause: thrown });
    }
  }

  async loadModule(path: string): Promise<unknown> {
    const { loadModule } = this.#run.ports;
    if (loadModule === undefined) throw new CanaryFailure("canary", "scripts cannot be loaded here");
    try {
      return await loadModule(path);
    } catch (thrown) {
      throw new CanaryFailure("canary", `${path} cannot be loaded: ${messageOf(thrown)}`, { cause: thrown });
    }
  }

  browser(): Promise<BrowserSession> {
    this.#browser ??= this.#openBrowser();
    return this.#browser;
  }
  async #openBrowser(): Promise<BrowserSession> {
    const { openBrowser } = this.#run.ports;
    if (openBrowser === undefined) throw new CanaryFailure("browser", "there is no browser here");
    try {
      return await openBrowser(this);
    } catch (thrown) {
      if (thrown instanceof CanaryFailure || this.signal.aborted) throw thrown;
      throw new CanaryFailure("browser", `the browser does not start: ${messageOf(thrown)}`, { cause: thrown });
    }
  }

  /** Ends what the attempt opened, the last first, as long as the signal lets it; what fails there is logged. */
  async close(failure: Failure | undefined, signal: AbortSignal): Promise<AttemptResult> {
    await this.#recorder.close(failure, signal);
    // Taken from the list, so that one which is added meanwhile (a browser that started late) is done too.
    for (let end = this.#ends.shift(); end !== undefined; end = this.#ends.shift()) {
      const ended = endingWith(end(failure, signal), signal);
      await ended.catch((thrown) => this.logger.warn(`evidence is missing: ${messageOf(thrown)}`, { error: thrown }));
    }
    this.#isClosed = true;
    const steps = this.#recorder.reports();
    return { steps, metrics: [...this.#metrics, ...this.#recorder.metrics], requests: { ...this.#requests } };
  }
}

/** An id of a run that no other has: letters of a UUID's form. */
export function runIdOf(canary: string, startedMs: number, random: number): string {
  const hex = createHash("sha256").update(`${canary} ${startedMs} ${random}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
