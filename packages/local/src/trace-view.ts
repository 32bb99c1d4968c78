import type { SegmentDocument } from "@belfry/core/platform/segment-document";
import { isConnected, type NodeSummary, type Trace, type TraceNode } from "@belfry/core/tracing/trace-graph";

const BAR_WIDTH = 40;
const MAX_NAME_WIDTH = 44;

/** How text is painted: in colours on a terminal, not at all elsewhere. */
export interface Paint {
  readonly failed: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** The paint for a stream: colours only where a person reads, and never against NO_COLOR (https://no-color.org). */
export function paintFor(isTerminal: boolean): Paint {
  const colors = isTerminal && (process.env.NO_COLOR ?? "") === "";
  const color = (code: number) => (text: string) => (colors ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { failed: color(31), faint: color(90) };
}

/** One line for each trace: id, time, duration, root, flag, number of segments and subsegments. */
export function traceTable(traces: readonly Trace[], paint: Paint): string {
  const rows = traces.map((trace) => {
    const state = stateOf(trace);
    const cells = [trace.id, timeOf(trace.startMs), durationOf(trace).padStart(10), rootName(trace).padEnd(24)];
    return `${cells.join("  ")}  ${state === "ok" ? "ok" : paint.failed(state)}  ${trace.nodes}`;
  });
  const head = `${"trace".padEnd(35)}  ${"started".padEnd(23)}  ${"took".padStart(10)}  ${"root".padEnd(24)}  state  segments`;
  return [paint.faint(head), ...rows].join("\n");
}

/** `failed`, `broken` when a part names a parent that never came, or `ok`. */
export function stateOf(trace: Trace): "ok" | "failed" | "broken" {
  if (trace.failed) return "failed";
  return isConnected(trace) ? "ok" : "broken";
}

/** The name of the trace's first segment. */
export function rootName(trace: Trace): string {
  return trace.roots[0]?.name ?? "";
}

/** The trace as an indented timeline: each segment with its bar on the trace's time, its duration and its annotations. */
export function traceTimeline(trace: Trace, paint: Paint): string {
  const rows = trace.roots.flatMap((root) => rowsOf(root, 0));
  const width = Math.min(MAX_NAME_WIDTH, Math.max(...rows.map(({ node, depth }) => node.name.length + 2 * depth)));
  const state = stateOf(trace);
  const head = `${trace.id}  ${timeOf(trace.startMs)}  ${durationOf(trace)}  ${state === "ok" ? "ok" : paint.failed(state)}`;
  return [head, "", ...rows.flatMap((row) => timelineLines(row, trace, width, paint))].join("\n");
}

interface Row {
  readonly node: TraceNode;
  readonly depth: number;
}

function rowsOf(node: TraceNode, depth: number): Row[] {
  return [{ node, depth }, ...node.children.flatMap((child) => rowsOf(child, depth + 1))];
}

function timelineLines({ node, depth }: Row, trace: Trace, width: number, paint: Paint): string[] {
  const indent = "  ".repeat(depth);
  const name = `${indent}${node.name}`.slice(0, width).padEnd(width);
  const took = node.endMs === undefined ? "open" : formatMs(node.endMs - node.startMs);
  const failed = node.error || node.fault || node.throttle;
  const bar = barOf(node, trace);
  const flags = (["error", "fault", "throttle"] as const).filter((flag) => node[flag]).join(" ");
  const notes = [flags === "" ? "" : paint.failed(flags), paint.faint(annotationsOf(node.document))];
  const line = `${name}  ${failed ? paint.failed(bar) : bar}  ${took.padStart(10)}  ${notes.filter(Boolean).join(" ")}`;
  const causes = exceptionsOf(node.document).map((text) => paint.failed(`${" ".repeat(width)}  ! ${text}`));
  return [line.trimEnd(), ...causes];
}

function barOf({ startMs, endMs }: TraceNode, trace: Trace): string {
  const span = Math.max(trace.endMs - trace.startMs, 1e-6);
  const at = (ms: number) => Math.round(((ms - trace.startMs) / span) * BAR_WIDTH);
  const from = Math.min(at(startMs), BAR_WIDTH - 1);
  const to = Math.min(Math.max(at(endMs ?? trace.endMs), from + 1), BAR_WIDTH);
  return `${" ".repeat(from)}${(endMs === undefined ? "░" : "█").repeat(to - from)}`.padEnd(BAR_WIDTH);
}

function annotationsOf({ annotations = {} }: SegmentDocument): string {
  return Object.entries(annotations)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}

function exceptionsOf({ cause }: SegmentDocument): string[] {
  if (cause === undefined || typeof cause === "string") return [];
  return cause.exceptions.map(({ type, message }) => `${type}: ${message}`);
}

/** One line for each named part: how often it ran and failed, and how long it took. */
export function nodeTable(nodes: readonly NodeSummary[], paint: Paint): string {
  const width = Math.max(4, ...nodes.map(({ name }) => name.length));
  const columns = ["count", "error", "fault", "throttle", "p50", "p95", "max"];
  const head = `${"name".padEnd(width)}  ${"kind".padEnd(10)}${columns.map((column) => column.padStart(11)).join("")}`;
  const rows = nodes.map((node) => {
    const rates = [node.errorRate, node.faultRate, node.throttleRate].map((rate) => `${(rate * 100).toFixed(1)} %`);
    const times = [node.p50Ms, node.p95Ms, node.maxMs].map(formatMs);
    const cells = [String(node.count), ...rates, ...times].map((cell) => cell.padStart(11)).join("");
    return `${node.name.padEnd(width)}  ${node.kind.padEnd(10)}${cells}`;
  });
  return [paint.faint(head), ...rows].join("\n");
}

function durationOf({ startMs, endMs }: Trace): string {
  return formatMs(endMs - startMs);
}

function formatMs(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").slice(0, 23);
}
