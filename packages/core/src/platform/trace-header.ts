import { randomBytes } from "node:crypto";
import type { Clock } from "./clock.ts";

/** What the header X-Amzn-Trace-Id says. https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
export interface TraceHeader {
  /** `1-<8 hexadecimal digits of the time>-<24 more>`. */
  readonly root: string;
  /** The segment or subsegment that called; absent at the root. */
  readonly parent?: string;
  readonly sampled: boolean;
}

const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/;
const SEGMENT_ID = /^[0-9a-f]{16}$/;

/** Reads a trace header; undefined when it is absent or holds no trace id. */
export function parseTraceHeader(text: string | undefined): TraceHeader | undefined {
  const fields = new Map((text ?? "").split(";").map((field) => field.trim().split("=", 2) as [string, string]));
  const root = fields.get("Root") ?? "";
  const parent = fields.get("Parent") ?? "";
  if (!TRACE_ID.test(root)) return undefined;
  const sampled = fields.get("Sampled") === "1";
  return SEGMENT_ID.test(parent) ? { root, parent, sampled } : { root, sampled };
}

/** Writes a trace header. */
export function formatTraceHeader({ root, parent, sampled }: TraceHeader): string {
  return `Root=${root}${parent === undefined ? "" : `;Parent=${parent}`};Sampled=${sampled ? 1 : 0}`;
}

/** A new trace's id: the time in seconds, and 96 random bits that nobody can guess. */
export function newTraceId(clock: Clock, random: (bytes: number) => Buffer = randomBytes): string {
  const seconds = Math.floor(clock.now() / 1000);
  return `1-${seconds.toString(16).padStart(8, "0")}-${random(12).toString("hex")}`;
}

/** Where the Lambda runtime keeps the header when several invocations share a process. */
interface InvokeStore {
  getXRayTraceId?: () => string | undefined;
}

/**
 * The trace header of the invocation that is running: from its context (the local runtime sets `xrayTraceId` there), else from the Lambda
 * runtime's store, which keeps invocations that share a process apart, else from `_X_AMZN_TRACE_ID`, which holds while there is one only.
 */
export function traceHeaderOf(context: unknown, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const own = (context as { xrayTraceId?: unknown } | null | undefined)?.xrayTraceId;
  if (typeof own === "string") return own;
  const runtime = (globalThis as { awslambda?: { InvokeStore?: InvokeStore } }).awslambda;
  return runtime?.InvokeStore?.getXRayTraceId?.() ?? env._X_AMZN_TRACE_ID;
}
