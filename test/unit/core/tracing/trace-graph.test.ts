import fc from "fast-check";
import { expect, it } from "vitest";
import type { SegmentDocument } from "../../../../packages/core/src/platform/segment-document.ts";
import {
  assembleTraces,
  isConnected,
  summarizeNodes,
  type TraceNode,
} from "../../../../packages/core/src/tracing/trace-graph.ts";

const trace_id = "1-581cf771-a006649127e371903a2de979";

function part(id: string, from: number, to: number | undefined, more: Partial<SegmentDocument> = {}): SegmentDocument {
  const end = to === undefined ? { in_progress: true } : { end_time: to };
  return { id, name: `n-${id}`, start_time: from, ...end, trace_id, ...more };
}

const below = (parent_id: string) => ({ parent_id, type: "subsegment" as const });

function outline(nodes: readonly TraceNode[]): unknown[] {
  return nodes.map(({ id, children }) => (children.length === 0 ? id : [id, ...outline(children)]));
}

const documents = [
  part("c", 3, 4, below("b")),
  part("b", 2, 5, { ...below("a"), subsegments: [part("e", 2.5, 3), part("d", 2, 2.5)] }),
  part("a", 1, 6),
];

it("puts a trace together from parts in any order", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(documents, { minLength: 3 }), (shuffled) => {
      const [trace, ...others] = assembleTraces(shuffled);
      expect(others).toEqual([]);
      expect(outline(trace.roots)).toEqual([["a", ["b", "d", "e", "c"]]]);
      expect(trace).toMatchObject({
        id: trace_id,
        startMs: 1000,
        endMs: 6000,
        nodes: 5,
        segments: 1,
        failed: false,
      });
      expect(isConnected(trace)).toBe(true);
    }),
  );
});

it("keeps traces apart, in the order in which they began", () => {
  const other = "1-581cf771-ffffffffffffffffffffffff";
  const traces = assembleTraces([part("a", 9, 10, { trace_id: other }), part("a", 1, 2), part("b", 1, 2, below("a"))]);
  expect(traces.map(({ id, nodes }) => [id, nodes])).toEqual([
    [trace_id, 2],
    [other, 1],
  ]);
});

it("is not connected when a part names a parent that never came", () => {
  const [trace] = assembleTraces([part("a", 1, 2), part("b", 1, 2, below("gone"))]);
  expect(isConnected(trace)).toBe(false);
  expect(outline(trace.roots)).toEqual(["a", "b"]);
});

it("takes a segment whose caller is not traced here as the root", () => {
  const [trace] = assembleTraces([part("a", 1, 2, { parent_id: "upstream" }), part("b", 1, 2, below("a"))]);
  expect(isConnected(trace)).toBe(true);
});

it("replaces a part in progress by the complete one, whichever comes first", () => {
  const [open, complete] = [part("a", 1, undefined), part("a", 1, 7)];
  for (const order of [
    [open, complete],
    [complete, open],
  ]) {
    expect(assembleTraces(order)[0].roots[0].endMs).toBe(7000);
  }
});

it("shows parts whose parents go round in a circle", () => {
  const circle = [part("a", 1, 2, below("b")), part("b", 1, 2, below("a")), part("c", 1, 2, below("b"))];
  const [trace] = assembleTraces(circle);
  expect(outline(trace.roots)).toEqual(["a", ["b", "c"]]);
  expect(isConnected(trace)).toBe(false);
});

it("loses no part, whatever the parents are", () => {
  const ids = ["a", "b", "c", "d", "e", "f"];
  const parents = fc.array(fc.constantFrom(...ids, "gone", undefined), { minLength: 6, maxLength: 6 });
  const count = (nodes: readonly TraceNode[]): number => nodes.reduce((sum, node) => sum + 1 + count(node.children), 0);
  fc.assert(
    fc.property(parents, (chosen) => {
      const [trace] = assembleTraces(
        ids.map((id, i) => part(id, i + 1, 9, chosen[i] === undefined ? {} : below(chosen[i]))),
      );
      expect(count(trace.roots)).toBe(6);
    }),
  );
});

it("sums up latency and failures by name", () => {
  const runs = Array.from({ length: 20 }, (_, i) =>
    part(`s${i}`, 100, 100 + (i + 1) / 100, {
      name: "sink",
      ...(i < 5 ? { fault: true } : {}),
      ...(i === 0 ? { throttle: true } : {}),
    }),
  );
  const [summary, other] = summarizeNodes(assembleTraces([...runs, part("a", 1, undefined, { name: "a" })]));
  expect(summary).toMatchObject({ name: "sink", count: 20, faultRate: 0.25, throttleRate: 0.05, errorRate: 0 });
  expect([summary.p50Ms, summary.p95Ms, summary.maxMs].map(Math.round)).toEqual([100, 190, 200]);
  expect(other).toMatchObject({ name: "a", count: 1, maxMs: 0 });
});
