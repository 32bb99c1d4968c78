import { type CaseOutcome, compareOutcome } from "@belfry/core/config/test-cases";
import { expect, it } from "vitest";

const fields: Record<string, unknown> = { "event.dataset": "app.json", tags: ["a", "b"], gone: null };
const routed: CaseOutcome = { route: "errors, audit", sinks: ["search", "archive"], field: (path) => fields[path] };
const dropped: CaseOutcome = { dropped: "noise", sinks: [], field: () => undefined };
const refused: CaseOutcome = { refused: "not UTF-8", sinks: [], field: () => undefined };

it.each([
  ["a case that expects nothing", {}, routed],
  ["the route among several", { route: "audit" }, routed],
  ["all routes", { route: "errors, audit" }, routed],
  ["the sinks in any order", { sinks: ["archive", "search"] }, routed],
  [
    "fields, absent ones too",
    { fields: { "event.dataset": "app.json", tags: ["a", "b"], gone: null, none: null } },
    routed,
  ],
  ["the rule that dropped it", { dropped: "noise" }, dropped],
])("passes %s", (_, expectation, outcome) => {
  expect(compareOutcome(expectation, outcome)).toEqual([]);
});

it.each([
  [
    { dropped: "noise" },
    routed,
    'expected it to be dropped by "noise", but it was taken by route "errors, audit" to archive, search',
  ],
  [{ dropped: "health" }, dropped, 'expected it to be dropped by "health", but it was dropped by "noise"'],
  [{ route: "errors" }, dropped, 'expected route "errors", but it was dropped by "noise"'],
  [{ route: "err" }, refused, 'expected route "err", but it was refused: not UTF-8'],
  [
    { sinks: ["archive"] },
    routed,
    'expected sinks archive, but it was taken by route "errors, audit" to archive, search',
  ],
  [{ fields: { tags: ["a"] } }, routed, 'expected tags to be ["a"], but it is ["a","b"]'],
  [{ fields: { none: 1 } }, routed, "expected none to be 1, but it is absent"],
])("says what differs: %o", (expectation, outcome, difference) => {
  expect(compareOutcome(expectation, outcome)).toEqual([difference]);
});
