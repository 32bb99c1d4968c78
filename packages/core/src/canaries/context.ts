import type { CanaryConfig } from "../config/canaries/schema.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { Random, Sleep } from "../platform/retry.ts";
import type { BrowserSession } from "./browser-port.ts";
import type { NetworkRules } from "./network-rules.ts";
import type { ArtifactReport, Failure, MetricUnit } from "./report.ts";

/** A file to keep. Text, JSON and HAR are redacted on their way; pictures and archives are kept as they are, so their maker masks them. */
export interface Artifact {
  /** Such as `01-home-succeeded.png`; one that was kept already gets a number. */
  readonly name: string;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  /** The step that it is of; the one that runs, unless given. */
  readonly step?: string;
}

/** What a step's body can say of it. */
export interface Step {
  readonly name: string;
  /** The number of the step in the run, from 1; screenshots' names begin with it. */
  readonly number: number;
  /** Aborts with the run's. */
  readonly signal: AbortSignal;
  /** Where the step led; redacted. */
  visited(url: string): void;
  /** Adds members to the step's details in the report; redacted. */
  detail(name: string, value: unknown): void;
  /** A measurement of this step. */
  metric(name: string, unit: MetricUnit, value: number): void;
}

/** Runs before and after each step; what it raises is logged, and changes nothing. `after` comes while the run's signal may be aborted. */
export interface StepHooks {
  before?(step: Step): Promise<void>;
  after?(step: Step, failure: Failure | undefined): Promise<void>;
}

/** Ends what an attempt opened, and keeps its evidence. It has little time: the signal aborts when that is over. */
export type AtEnd = (failure: Failure | undefined, signal: AbortSignal) => Promise<void>;

/** Pictures of visual canaries by name: `<canary>/<step>/<viewport>/<browser version>.png` for one that was approved; `visual/baselines.ts` has those that wait for it. */
export interface BaselineStore {
  read(name: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
  write(name: string, picture: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Names that begin with a prefix: those of other versions of the browser. */
  list(prefix: string, signal: AbortSignal): Promise<readonly string[]>;
}

/** A request that is to be signed; `host` is among its headers. */
export interface UnsignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Who signs, and for what. The role is assumed first, where there is one. */
export interface SigningScope {
  readonly service: string;
  readonly region: string;
  readonly roleArn?: string | undefined;
}

/** Signs with AWS's Signature Version 4; gives all headers of the signed request. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
export type SignRequest = (
  request: UnsignedRequest,
  scope: SigningScope,
  signal: AbortSignal,
) => Promise<Readonly<Record<string, string>>>;

/** What an attempt of a canary has to work with; a new one for each attempt. */
export interface RunContext<C extends CanaryConfig = CanaryConfig> {
  readonly name: string;
  readonly canary: C;
  readonly runId: string;
  readonly region: string;
  /** From 1. */
  readonly attempt: number;
  /** Aborts at the deadline, with a CanaryFailure of class `timeout`. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds: when the attempt must be over. */
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
  readonly logger: Logger;
  /** The name that requests go by: names Belfry and the canary. */
  readonly userAgent: string;
  /** The value of X-Amzn-Trace-Id, for hosts that `trace` names; undefined when the run is not traced. */
  traceHeaderFor(url: URL): string | undefined;
  /** What may be called: to be asked before each request, and each redirect. */
  readonly network: NetworkRules;
  /** Certificates in PEM that are trusted in place of the machine's own; undefined for those. */
  readonly roots: readonly string[] | undefined;

  /**
   * Runs one step: times it, reports it, and raises what its body raises. It ends at the attempt's deadline though its body may not. Steps may not be nested.
   */
  step<T>(name: string, body: (step: Step) => Promise<T>): Promise<T>;
  /** Reports a step that is not begun because an earlier one failed. */
  skip(name: string): void;
  aroundSteps(hooks: StepHooks): void;
  /** Adds what is done when the attempt is over, however it ends; the last added is done first. */
  atEnd(end: AtEnd): void;

  /** Keeps a file, redacted; it is stored when the run ends, also when that is by the deadline. */
  keep(artifact: Artifact): ArtifactReport;
  /** A measurement of the whole run. */
  metric(name: string, unit: MetricUnit, value: number): void;
  /** Counts an answer by its status; undefined for a request that got none. */
  countRequest(status: number | undefined): void;

  /** The value of a secret, by its name in the canary's `secrets` or by reference. It is masked from then on in everything that the run reports, keeps and logs. */
  secret(nameOrReference: string): Promise<string>;
  /** Fills in `${secret:…}`, and `${name}` of the variables; raises CanaryFailure of class `canary` for a name that is not known. */
  fill(template: string, variables?: Readonly<Record<string, string>>): Promise<string>;
  /** Masks a value that was found out while the canary ran, such as a token, from now on. */
  mask(value: string): void;
  /** The text with secrets' values, and what the rules of redaction name, masked. */
  redact(text: string): string;

  /** The text of a file that the configuration names, by its path from there. Raises CanaryFailure of class `canary` when it cannot be read. */
  readText(path: string): Promise<string>;
  /** The module of a script, by its path from the configuration. Raises CanaryFailure of class `canary` when it cannot be loaded. */
  loadModule(path: string): Promise<unknown>;
  /** Headers that sign a request for AWS. */
  readonly sign: SignRequest;

  /** The browser, opened at the first call. Raises CanaryFailure of class `browser` where there is none. */
  browser(): Promise<BrowserSession>;
  readonly baselines: BaselineStore | undefined;
}

/** Opens the browser. Raises CanaryFailure of class `browser` when there is none, or it does not start. */
export type OpenBrowser = (context: RunContext) => Promise<BrowserSession>;
