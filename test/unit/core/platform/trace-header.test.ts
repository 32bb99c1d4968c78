import { afterEach, expect, it } from "vitest";
import {
  formatTraceHeader,
  newTraceId,
  parseTraceHeader,
  traceHeaderOf,
} from "../../../../packages/core/src/platform/trace-header.ts";

const root = "1-5759e988-bd862e3fe1be46a994272793";
const parent = "53995c3f42cd8ad8";
const runtime = globalThis as { awslambda?: unknown };

afterEach(() => {
  delete runtime.awslambda;
});

it("reads what Lambda sends, lineage and other fields passed over", () => {
  expect(parseTraceHeader(`Root=${root};Parent=${parent};Sampled=1;Lineage=1:2:3`)).toEqual({
    root,
    parent,
    sampled: true,
  });
  expect(parseTraceHeader(`Self=1-2-3; Root=${root} ;Sampled=0`)).toEqual({ root, sampled: false });
  expect(parseTraceHeader(`Root=${root};Parent=${parent};Sampled=?`)).toEqual({ root, parent, sampled: false });
});

it("reads nothing from what holds no trace id", () => {
  for (const text of [undefined, "", "Root", "Root=;Parent=;Sampled=1", "Root=1-2-3;Sampled=1", `Parent=${parent}`]) {
    expect(parseTraceHeader(text)).toBeUndefined();
  }
});

it("writes what it reads", () => {
  for (const header of [
    { root, parent, sampled: true },
    { root, sampled: false },
  ]) {
    expect(parseTraceHeader(formatTraceHeader(header))).toEqual(header);
  }
});

it("makes trace ids of the time and random bits", () => {
  const bytes = (length: number) => Buffer.alloc(length, 0xab);
  expect(newTraceId({ now: () => 1_480_615_200_999 }, bytes)).toBe(`1-58406520-${"ab".repeat(12)}`);
});

it("takes the header from the context, then from the runtime's store, then from the environment", () => {
  const env = { _X_AMZN_TRACE_ID: "of the environment" };
  expect(traceHeaderOf({}, env)).toBe("of the environment");
  runtime.awslambda = { InvokeStore: { getXRayTraceId: () => "of the store" } };
  expect(traceHeaderOf({}, env)).toBe("of the store");
  expect(traceHeaderOf({ xrayTraceId: "of the context" }, env)).toBe("of the context");
  runtime.awslambda = { InvokeStore: { getXRayTraceId: () => undefined } };
  expect(traceHeaderOf(undefined, env)).toBe("of the environment");
  expect(traceHeaderOf(null, {})).toBeUndefined();
});
