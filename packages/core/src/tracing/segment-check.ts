import { MAX_ANNOTATIONS, MAX_SEGMENT_NAME_LENGTH, MAX_TEXT_LENGTH } from "../platform/segment-document.ts";

// The rules are those of https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html; what it leaves open is allowed.
const SEGMENT_ID = /^[0-9a-f]{16}$/i;
const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i;
const NAME = new RegExp(`^[\\p{L}\\p{N}\\p{Z}_.:/%&#=+\\\\\\-@]{1,${MAX_SEGMENT_NAME_LENGTH}}$`, "u");
const ANNOTATION_KEY = /^[A-Za-z0-9_]+$/;

/** Later than this, a number of seconds is one of milliseconds: the year 5138. */
const MAX_EPOCH_SECONDS = 1e11;

/** Deeper nesting no reader follows. */
const MAX_DEPTH = 50;

type Json = Readonly<Record<string, unknown>>;

/** What X-Ray's documentation forbids in a document that is sent by itself, in words with the place; nothing when it is in order. */
export function segmentProblems(document: unknown): string[] {
  if (!isObject(document)) return ["the document is not an object"];
  const check = new Check();
  check.test(matches(document.trace_id, TRACE_ID), "trace_id", document.trace_id, "1-<8 hexadecimal digits>-<24>");
  if (document.type !== undefined) {
    check.test(document.type === "subsegment", "type", document.type, "subsegment, or absent");
    check.test(document.parent_id !== undefined, "parent_id", undefined, "the id of its parent");
  }
  check.segment(document, "", 0);
  check.test(check.annotations <= MAX_ANNOTATIONS, "annotations", check.annotations, `${MAX_ANNOTATIONS} at most`);
  return check.problems;
}

class Check {
  readonly problems: string[] = [];
  annotations = 0;

  test(holds: boolean, where: string, got: unknown, wanted: string): void {
    if (!holds) this.problems.push(`${where}: got ${brief(got)}, must be ${wanted}`);
  }

  segment(segment: Json, at: string, depth: number): void {
    const { name, id, parent_id: parent, namespace } = segment;
    this.test(matches(name, NAME), `${at}name`, name, "1 to 200 letters, numbers, spaces and _ . : / % & # = + \\ - @");
    this.test(matches(id, SEGMENT_ID), `${at}id`, id, "16 hexadecimal digits");
    const parented = parent === undefined || matches(parent, SEGMENT_ID);
    this.test(parented, `${at}parent_id`, parent, "16 hexadecimal digits");
    const spaced = namespace === undefined || namespace === "aws" || namespace === "remote";
    this.test(spaced, `${at}namespace`, namespace, "aws or remote");
    this.#times(segment, at);
    for (const key of ["user", "origin"]) this.#text(segment[key], `${at}${key}`);
    for (const key of ["error", "fault", "throttle"]) {
      const flag = segment[key];
      this.test(flag === undefined || typeof flag === "boolean", `${at}${key}`, flag, "true or false");
    }
    this.#annotations(segment.annotations, `${at}annotations`);
    this.#metadata(segment.metadata, `${at}metadata`);
    this.#http(segment.http, `${at}http`);
    this.#cause(segment.cause, `${at}cause`);
    this.#object(segment.aws, `${at}aws`);
    this.#subsegments(segment.subsegments, `${at}subsegments`, depth);
  }

  #times({ start_time: start, end_time: end, in_progress: open }: Json, at: string): void {
    this.test(isSeconds(start), `${at}start_time`, start, "seconds since 1970");
    const holds = open === true ? end === undefined : isSeconds(end) && end >= Number(start);
    this.test(holds, `${at}end_time`, end, "seconds, not before the start; or absent beside in_progress");
  }

  #text(value: unknown, where: string): void {
    const short = typeof value === "string" && value.length <= MAX_TEXT_LENGTH;
    this.test(value === undefined || short, where, value, `a string of ${MAX_TEXT_LENGTH} characters at most`);
  }

  /** An optional member that must be an object; undefined when it is absent or something else, which is noted. */
  #object(value: unknown, where: string): Json | undefined {
    if (value === undefined || isObject(value)) return value;
    this.test(false, where, value, "an object");
    return undefined;
  }

  #annotations(annotations: unknown, where: string): void {
    for (const [key, value] of Object.entries(this.#object(annotations, where) ?? {})) {
      this.annotations++;
      this.test(ANNOTATION_KEY.test(key), `${where}.${key}`, key, "a key of letters, digits and underscores");
      const simple = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
      this.test(simple, `${where}.${key}`, value, "a string, number or boolean");
    }
  }

  #metadata(metadata: unknown, where: string): void {
    for (const key of Object.keys(this.#object(metadata, where) ?? {})) {
      this.test(!key.startsWith("AWS."), `${where}.${key}`, key, "a key that does not begin with AWS.");
    }
  }

  #http(value: unknown, where: string): void {
    const http = this.#object(value, where);
    const request = this.#object(http?.request, `${where}.request`);
    for (const key of ["method", "url", "user_agent", "client_ip"])
      this.#text(request?.[key], `${where}.request.${key}`);
    const status = this.#object(http?.response, `${where}.response`)?.status;
    this.test(status === undefined || Number.isInteger(status), `${where}.response.status`, status, "a number");
  }

  #cause(cause: unknown, where: string): void {
    if (matches(cause, SEGMENT_ID)) return;
    for (const [i, exception] of this.#list(this.#object(cause, where)?.exceptions, `${where}.exceptions`).entries()) {
      const id = this.#object(exception, `${where}.exceptions.${i}`)?.id;
      this.test(matches(id, SEGMENT_ID), `${where}.exceptions.${i}.id`, id, "16 hexadecimal digits");
    }
  }

  #subsegments(subsegments: unknown, where: string, depth: number): void {
    const list = this.#list(subsegments, where);
    this.test(list.length === 0 || depth < MAX_DEPTH, where, depth, `nested ${MAX_DEPTH} times at most`);
    if (depth === MAX_DEPTH) return;
    for (const [i, subsegment] of list.entries()) {
      this.segment(this.#object(subsegment, `${where}.${i}`) ?? {}, `${where}.${i}.`, depth + 1);
    }
  }

  /** An optional member that must be an array; empty when it is absent or something else, which is noted. */
  #list(value: unknown, where: string): readonly unknown[] {
    this.test(value === undefined || Array.isArray(value), where, value, "an array");
    return Array.isArray(value) ? value : [];
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === "string" && pattern.test(value);
}

function isSeconds(value: unknown): value is number {
  return typeof value === "number" && value > 0 && value < MAX_EPOCH_SECONDS;
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
