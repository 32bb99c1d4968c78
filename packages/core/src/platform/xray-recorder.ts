import { randomBytes } from "node:crypto";
import AWSXRay, { type Segment, type Subsegment } from "aws-xray-sdk-core";
import { FineClock } from "./fine-clock.ts";
import { annotationKey, MAX_ANNOTATIONS, type SegmentDocument, segmentName, segmentText } from "./segment-document.ts";
import { formatTraceHeader } from "./trace-header.ts";
import { type Annotations, type AnnotationValue, type CallDetails, noSpan, type Span } from "./tracer.ts";
import { Exceptions } from "./xray-exceptions.ts";
import type { XRaySender } from "./xray-sender.ts";

/** Annotations kept for the invocation's own span, which is what people search by; its children share the rest. */
const INVOCATION_ANNOTATIONS = 20;

/** Children of one span that are recorded; an invocation may write thousands of times, and a trace holds 500 kB. */
const MAX_CHILDREN = 100;

/** The longest single piece of metadata, as JSON. */
const MAX_METADATA_LENGTH = 8192;

/** What the spans of one trace have in common. */
interface Trace {
  readonly sender: XRaySender;
  readonly exceptions: Exceptions;
  readonly clock: FineClock;
  annotationsLeft: number;
}

/** A span that is to be ended by whoever began it. */
export interface OpenSpan extends Span {
  end(): void;
}

/**
 * Begins the span of an invocation below a segment that somebody else makes: in Lambda the service, locally the runtime. Only an id is
 * known of that segment, and nothing can be written on it.
 */
export function openInvocation(sender: XRaySender, name: string, traceId: string, parentId: string): OpenSpan {
  const facade = new AWSXRay.Segment("facade", traceId);
  facade.id = parentId;
  // The SDK counts what is open to decide when to send; here each span is sent when it ends.
  facade.incrementCounter = () => undefined;
  facade.decrementCounter = () => undefined;
  const annotationsLeft = MAX_ANNOTATIONS - INVOCATION_ANNOTATIONS;
  const trace = { sender, exceptions: new Exceptions(newId), clock: new FineClock(), annotationsLeft };
  return new XRaySpan(trace, addOpen(trace, facade, name), INVOCATION_ANNOTATIONS);
}

/** A segment as Lambda makes one for an invocation. */
export function beginSegment(name: string, traceId: string, parentId: string | undefined): Segment {
  const segment = new AWSXRay.Segment(segmentName(name), traceId, parentId);
  segment.origin = "AWS::Lambda::Function";
  segment.start_time = new FineClock().now() / 1000;
  segment.flush = () => undefined;
  return segment;
}

/** Ends a segment and sends it. */
export function endSegment(sender: XRaySender, segment: Segment, thrown: unknown): void {
  if (thrown !== undefined) {
    segment.addFaultFlag();
    Object.assign(segment, { cause: new Exceptions(newId).causeOf(thrown) });
  }
  segment.end_time = new FineClock().now() / 1000;
  segment.close();
  sender.send(documentOf(segment));
}

/** A subsegment below the parent that is sent by itself when it ends, and so is not kept in the parent's document. */
function addOpen({ clock }: Trace, parent: Segment | Subsegment, name: string): Subsegment {
  const subsegment = parent.addNewSubsegment(segmentName(name));
  subsegment.start_time = clock.now() / 1000;
  parent.removeSubsegment(subsegment);
  return subsegment;
}

function closeAt(subsegment: Subsegment, endMs: number): void {
  subsegment.close();
  subsegment.addAttribute("end_time", endMs / 1000);
}

function documentOf(segment: Segment | Subsegment): SegmentDocument {
  return JSON.parse(segment.format());
}

function newId(): string {
  return randomBytes(8).toString("hex");
}

class XRaySpan implements OpenSpan {
  readonly #trace: Trace;
  readonly #subsegment: Subsegment;
  readonly #annotated = new Set<string>();
  /** Annotations that are this span's alone; further ones are taken from what the trace has left. */
  #reserved: number;
  #children = 0;
  #ended = false;

  constructor(trace: Trace, subsegment: Subsegment, reserved: number) {
    this.#trace = trace;
    this.#subsegment = subsegment;
    this.#reserved = reserved;
  }

  get header(): string {
    const { segment, id } = this.#subsegment;
    return formatTraceHeader({ root: segment.trace_id, parent: id, sampled: true });
  }

  annotate(key: string, value: AnnotationValue): void {
    const name = annotationKey(key);
    const writable = typeof value !== "number" || Number.isFinite(value);
    if (!writable || !this.#mayAnnotate(name)) this.metadata(name, String(value));
    else this.#subsegment.addAnnotation(name, typeof value === "string" ? segmentText(value) : value);
  }

  metadata(key: string, value: unknown): void {
    // Keys that begin with AWS. are the SDKs' own.
    this.#subsegment.addMetadata(key.replace(/^AWS\./, "_AWS."), jsonValue(value), "belfry");
  }

  call({ namespace, http, aws }: CallDetails): void {
    const subsegment = this.#subsegment;
    subsegment.namespace = namespace;
    if (http !== undefined) {
      const { method, url, status } = http;
      const request = { method, url: url === undefined ? undefined : publicUrl(url) };
      subsegment.addAttribute("http", { request, ...(status === undefined ? {} : { response: { status } }) });
      if (status === 429) subsegment.addThrottleFlag();
      if (status !== undefined && status >= 400 && status < 500) subsegment.addErrorFlag();
      if (status !== undefined && status >= 500) subsegment.addFaultFlag();
    }
    if (aws !== undefined) {
      const { operation, region, requestId, retries } = aws;
      subsegment.addAttribute("aws", { operation, region, request_id: requestId, retries });
    }
  }

  error(thrown: unknown): void {
    this.#subsegment.addFaultFlag();
    this.#subsegment.addAttribute("cause", this.#trace.exceptions.causeOf(thrown));
  }

  async trace<T>(name: string, annotations: Annotations, work: (span: Span) => Promise<T> | T): Promise<T> {
    if (++this.#children > MAX_CHILDREN) return work({ ...noSpan, header: this.header });
    return runIn(new XRaySpan(this.#trace, addOpen(this.#trace, this.#subsegment, name), 0), annotations, work);
  }

  child(name: string, startMs: number, endMs: number, annotations: Annotations = {}): void {
    if (++this.#children > MAX_CHILDREN || !(endMs >= startMs)) return;
    const subsegment = this.#subsegment.addNewSubsegment(segmentName(name));
    annotateAll(new XRaySpan(this.#trace, subsegment, 0), annotations);
    closeAt(subsegment, this.#trace.clock.at(endMs));
    subsegment.start_time = this.#trace.clock.at(startMs) / 1000;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#children > MAX_CHILDREN) this.metadata("children_left_out", this.#children - MAX_CHILDREN);
    closeAt(this.#subsegment, this.#trace.clock.now());
    this.#trace.sender.send(documentOf(this.#subsegment));
  }

  #mayAnnotate(name: string): boolean {
    if (this.#annotated.has(name)) return true;
    if (this.#reserved > 0) this.#reserved--;
    else if (this.#trace.annotationsLeft > 0) this.#trace.annotationsLeft--;
    else return false;
    this.#annotated.add(name);
    return true;
  }
}

/** Runs work in a span: ended when its promise settles, marked with what it throws. */
export async function runIn<T>(
  span: OpenSpan,
  annotations: Annotations,
  work: (span: Span) => Promise<T> | T,
): Promise<T> {
  annotateAll(span, annotations);
  try {
    return await work(span);
  } catch (thrown) {
    span.error(thrown);
    throw thrown;
  } finally {
    span.end();
  }
}

function annotateAll(span: Span, annotations: Annotations): void {
  for (const [key, value] of Object.entries(annotations)) span.annotate(key, value);
}

/** Without credentials and query, which may hold secrets; as long as a field may be. */
function publicUrl(url: string): string {
  const parsed = URL.parse(url);
  return segmentText(parsed === null ? "" : `${parsed.protocol}//${parsed.host}${parsed.pathname}`);
}

/** A value that JSON can hold, not too long. */
function jsonValue(value: unknown): unknown {
  try {
    const text = JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? item.toString() : item)) ?? "null";
    return text.length > MAX_METADATA_LENGTH ? `${text.slice(0, MAX_METADATA_LENGTH)}…` : JSON.parse(text);
  } catch (thrown) {
    return `not JSON: ${String(thrown)}`;
  }
}
