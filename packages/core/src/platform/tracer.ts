/** What X-Ray indexes and lets people search by. https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html */
export type AnnotationValue = string | number | boolean;
export type Annotations = Readonly<Record<string, AnnotationValue>>;

/** A request to another service, for the span that waited for it: the service map is drawn from these. */
export interface CallDetails {
  /** `aws` for a call of an AWS API, `remote` for any other service. */
  readonly namespace: "aws" | "remote";
  readonly http?: { readonly method?: string; readonly url?: string; readonly status?: number };
  readonly aws?: {
    readonly operation?: string;
    readonly region?: string;
    readonly requestId?: string;
    readonly retries?: number;
  };
}

/**
 * One timed piece of work. Children are made from their parent's span and never from a "current" one, so concurrent invocations cannot mix.
 * No method throws; what X-Ray would refuse is cut or left out.
 */
export interface Span {
  /** The X-Amzn-Trace-Id to hand on to what this span calls; undefined when nothing is traced. */
  readonly header: string | undefined;
  annotate(key: string, value: AnnotationValue): void;
  /** Kept with the trace, not searchable. */
  metadata(key: string, value: unknown): void;
  call(details: CallDetails): void;
  /** Marks the span as failed, with the error's type, message and causes; what `trace`'s function throws is marked by itself. */
  error(thrown: unknown): void;
  /** Runs `work` as a child span that ends when its promise settles; result and error are passed on. */
  trace<T>(name: string, annotations: Annotations, work: (span: Span) => Promise<T> | T): Promise<T>;
  /**
   * Adds a child that is over already: one per stage, its times summed over all windows. Epoch milliseconds with fractions, as
   * `performance.timeOrigin + performance.now()` gives them.
   */
  child(name: string, startMs: number, endMs: number, annotations?: Annotations): void;
}

/** Starts the trace of an invocation under the segment that `header` names (see `traceHeaderOf`); one that is not sampled costs nothing. */
export interface Tracer {
  trace<T>(
    name: string,
    header: string | undefined,
    annotations: Annotations,
    work: (span: Span) => Promise<T> | T,
  ): Promise<T>;
}

/** The span of what is not traced. */
export const noSpan: Span = {
  header: undefined,
  annotate: () => undefined,
  metadata: () => undefined,
  call: () => undefined,
  error: () => undefined,
  trace: async (_name, _annotations, work) => work(noSpan),
  child: () => undefined,
};

/** Traces nothing. */
export const noTracer: Tracer = { trace: async (_name, _header, _annotations, work) => work(noSpan) };
