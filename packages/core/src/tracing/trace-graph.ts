import type { SegmentDocument } from "../platform/segment-document.ts";

/** A segment or subsegment in its place in a trace; times are epoch milliseconds. */
export interface TraceNode {
  readonly id: string;
  readonly name: string;
  readonly kind: "segment" | "subsegment";
  readonly startMs: number;
  /** Absent while it is in progress, or when its end never came. */
  readonly endMs?: number;
  /** What the caller did wrong, what failed, what was refused for its rate: X-Ray's own three words. */
  readonly error: boolean;
  readonly fault: boolean;
  readonly throttle: boolean;
  readonly document: SegmentDocument;
  /** In order of their start. */
  readonly children: TraceNode[];
}

/** All that is known of one trace. */
export interface Trace {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  /** One when the graph is connected; more when a part names a parent that never came. */
  readonly roots: readonly TraceNode[];
  readonly nodes: number;
  readonly segments: number;
  /** Whether anything in it failed or was refused. */
  readonly failed: boolean;
}

/** Whether each part of the trace can be reached from its one root. */
export function isConnected(trace: Trace): boolean {
  return trace.roots.length === 1;
}

/**
 * Puts documents together by trace, in the order in which the traces began. Subsegments may come inside a segment or by themselves, before or
 * after it, and several times: a complete one replaces one in progress.
 */
export function assembleTraces(documents: Iterable<SegmentDocument>): Trace[] {
  const parts = new Map<string, Map<string, Part>>();
  for (const document of documents) {
    const traceId = document.trace_id ?? "";
    const ofTrace = parts.get(traceId) ?? new Map<string, Part>();
    parts.set(traceId, ofTrace);
    addParts(ofTrace, document, document.parent_id, document.type ?? "segment");
  }
  return [...parts].map(([id, ofTrace]) => assemble(id, [...ofTrace.values()])).sort((a, b) => a.startMs - b.startMs);
}

interface Part {
  readonly node: TraceNode;
  readonly parentId: string | undefined;
}

function addParts(
  parts: Map<string, Part>,
  document: SegmentDocument,
  parentId: string | undefined,
  kind: TraceNode["kind"],
): void {
  const known = parts.get(document.id);
  if (known === undefined || known.node.endMs === undefined)
    parts.set(document.id, { node: nodeOf(document, kind), parentId });
  for (const child of document.subsegments ?? []) addParts(parts, child, document.id, "subsegment");
}

function nodeOf(document: SegmentDocument, kind: TraceNode["kind"]): TraceNode {
  const { id, name, start_time, end_time, error = false, fault = false, throttle = false } = document;
  const end = end_time === undefined ? {} : { endMs: end_time * 1000 };
  return { id, name, kind, startMs: start_time * 1000, ...end, error, fault, throttle, document, children: [] };
}

function assemble(id: string, parts: readonly Part[]): Trace {
  const nodes = new Map(parts.map(({ node }) => [node.id, node]));
  const parents = new Map(parts.map(({ node, parentId }) => [node.id, parentId]));
  const roots: TraceNode[] = [];
  for (const { node, parentId } of parts) {
    const parent = parentId === undefined ? undefined : nodes.get(parentId);
    if (parent === undefined || isOwnAncestor(node.id, parents)) roots.push(node);
    else parent.children.push(node);
  }
  const all = [...nodes.values()];
  for (const node of all) node.children.sort(byStart);
  return {
    id,
    startMs: Math.min(...all.map(({ startMs }) => startMs)),
    endMs: Math.max(...all.map(({ startMs, endMs }) => endMs ?? startMs)),
    roots: roots.sort(byStart),
    nodes: all.length,
    segments: all.filter(({ kind }) => kind === "segment").length,
    failed: all.some(({ error, fault, throttle }) => error || fault || throttle),
  };
}

/** Parents that go round in a circle would hide all of it: each of them becomes a root. */
function isOwnAncestor(id: string, parents: ReadonlyMap<string, string | undefined>): boolean {
  const seen = new Set<string>();
  for (let at = parents.get(id); at !== undefined && !seen.has(at); at = parents.get(at)) {
    if (at === id) return true;
    seen.add(at);
  }
  return false;
}

function byStart(a: TraceNode, b: TraceNode): number {
  return a.startMs - b.startMs;
}

/** How often a named part of the system ran, failed, and how long it took; milliseconds, of those that ended. */
export interface NodeSummary {
  readonly name: string;
  readonly kind: TraceNode["kind"];
  readonly count: number;
  /** Shares of 0 to 1. */
  readonly errorRate: number;
  readonly faultRate: number;
  readonly throttleRate: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** Latency and failures by kind and name over all traces, the most frequent first. */
export function summarizeNodes(traces: Iterable<Trace>): NodeSummary[] {
  const groups = new Map<string, TraceNode[]>();
  for (const trace of traces) {
    for (const node of walk(trace.roots)) {
      const key = `${node.kind} ${node.name}`;
      const group = groups.get(key) ?? [];
      groups.set(key, group);
      group.push(node);
    }
  }
  return [...groups.values()].map(summaryOf).sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}

function summaryOf(nodes: readonly TraceNode[]): NodeSummary {
  const rate = (flag: "error" | "fault" | "throttle") => nodes.filter((node) => node[flag]).length / nodes.length;
  const tookMs = nodes
    .flatMap(({ startMs, endMs }) => (endMs === undefined ? [] : [endMs - startMs]))
    .sort((a, b) => a - b);
  const percentile = (share: number) => tookMs[Math.max(0, Math.ceil(tookMs.length * share) - 1)] ?? 0;
  return {
    name: nodes[0].name,
    kind: nodes[0].kind,
    count: nodes.length,
    errorRate: rate("error"),
    faultRate: rate("fault"),
    throttleRate: rate("throttle"),
    p50Ms: percentile(0.5),
    p95Ms: percentile(0.95),
    maxMs: percentile(1),
  };
}

function* walk(nodes: readonly TraceNode[]): Generator<TraceNode> {
  for (const node of nodes) {
    yield node;
    yield* walk(node.children);
  }
}
