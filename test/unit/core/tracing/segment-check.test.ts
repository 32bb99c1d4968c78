import { expect, it } from "vitest";
import { annotationKey, segmentName, segmentText } from "../../../../packages/core/src/platform/segment-document.ts";
import { segmentProblems } from "../../../../packages/core/src/tracing/segment-check.ts";

const segment = {
  name: "ingest-kinesis",
  id: "70de5b6f19ff9a0a",
  start_time: 1_478_293_361.271,
  end_time: 1_478_293_361.449,
  trace_id: "1-581cf771-a006649127e371903a2de979",
};
const subsegment = { ...segment, type: "subsegment", parent_id: "defdfd9912dc5a56" };

it("takes what the documentation shows", () => {
  expect(segmentProblems(segment)).toEqual([]);
  expect(segmentProblems(subsegment)).toEqual([]);
  const { end_time: _, ...open } = segment;
  expect(segmentProblems({ ...open, in_progress: true })).toEqual([]);
  const { trace_id: _id, ...embedded } = segment;
  const full = {
    ...segment,
    origin: "AWS::Lambda::Function",
    namespace: "aws",
    annotations: { customer_category: 124, country: "Korea", internal: false },
    metadata: { belfry: { any: ["thing"] } },
    http: { request: { method: "POST", url: "https://api.example.com/" }, response: { status: 200 } },
    aws: { operation: "PutRecordBatch" },
    cause: { working_directory: "/var/task", exceptions: [{ id: "0123456789abcdef", message: "no" }] },
    subsegments: [{ ...embedded, cause: "0123456789abcdef" }],
  };
  expect(segmentProblems(full)).toEqual([]);
});

const FAULTS: Record<string, object> = {
  "a name with a character that is not allowed": { name: "what?" },
  "no name": { name: "" },
  "a name that is too long": { name: "a".repeat(201) },
  "an id that is too short": { id: "70de5b6f" },
  "a trace id of another form": { trace_id: "4efaaf4d1e8720b39541901950019ee5" },
  "milliseconds in place of seconds": { start_time: 1_478_293_361_271, end_time: 1_478_293_361_449 },
  "an end before the start": { end_time: 1 },
  "no end": { end_time: undefined },
  "an end although in progress": { in_progress: true },
  "a type of its own": { type: "span" },
  "a subsegment without its parent": { type: "subsegment" },
  "an unknown namespace": { namespace: "local" },
  "an annotation with a key that filters cannot name": { annotations: { "log.group": "a" } },
  "an annotation with structure": { annotations: { a: { b: 1 } } },
  "too many annotations": { annotations: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`a${i}`, i])) },
  "annotations that are no object": { annotations: ["a"] },
  "metadata of AWS's own": { metadata: { "AWS.xray": {} } },
  "a flag that is no boolean": { fault: "yes" },
  "a status that is no number": { http: { response: { status: "200" } } },
  "a URL that is too long": { http: { request: { url: `https://example.com/${"a".repeat(250)}` } } },
  "a cause without an id": { cause: { exceptions: [{ message: "no" }] } },
  "subsegments that are no array": { subsegments: {} },
  "a subsegment that is no object": { subsegments: [1] },
  "a fault far down": { subsegments: [{ ...segment, subsegments: [{ ...segment, id: 1 }] }] },
};

for (const [name, fault] of Object.entries(FAULTS)) {
  it(`refuses ${name}`, () => expect(segmentProblems({ ...segment, ...fault })).not.toEqual([]));
}

it("refuses what is no object", () => {
  for (const document of [null, 1, "a", [], undefined]) expect(segmentProblems(document)).not.toEqual([]);
});

it("says where the fault is, and what was there", () => {
  expect(segmentProblems({ ...segment, subsegments: [{ ...segment, id: "x" }] })).toEqual([
    'subsegments.0.id: got "x", must be 16 hexadecimal digits',
  ]);
});

it("follows no nesting without end", () => {
  let nested: object = segment;
  for (let i = 0; i < 10_000; i++) nested = { ...segment, subsegments: [nested] };
  expect(segmentProblems(nested)).toHaveLength(1);
});

it("agrees with what cleans names, keys and texts", () => {
  for (const text of ["", " ", "what?", "sink <archive>", "é한글", "a".repeat(500), "😀".repeat(150), "tab\there"]) {
    const clean = { ...segment, name: segmentName(text), annotations: { [annotationKey(text)]: segmentText(text) } };
    expect(segmentProblems(clean), text).toEqual([]);
  }
  expect(segmentName("sink archive: 3 of 5 (retry)")).toBe("sink archive: 3 of 5 _retry_");
});
