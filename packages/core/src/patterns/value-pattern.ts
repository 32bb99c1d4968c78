import type { Scalar } from "./json-scalar.ts";
import type { Wildcard } from "./wildcard.ts";

/** One entry of a field's list in a pattern: the value that the field may have, a test of its values, or that it has none. */
export type ValuePattern =
  | { readonly kind: "literal"; readonly value: Scalar }
  | { readonly kind: "test"; readonly test: (value: Scalar) => boolean; readonly wildcards?: readonly Wildcard[] }
  | { readonly kind: "absent" };

/** A test of string values; values of other types fail it. */
export type TextTest = (text: string) => boolean;

/** The pattern of a field whose value must be a string that passes the test. */
export function textPattern(test: TextTest): ValuePattern {
  return { kind: "test", test: (value) => typeof value === "string" && test(value) };
}

/** What AWS says of `numeric` and `anything-but` expressions that go on where they should end. */
export const TOO_MANY_ELEMENTS = "Too many elements in numeric expression";
