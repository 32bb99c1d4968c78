import * as z from "zod";
import { Template } from "./template.ts";

/** Compiles an expression of the configuration. Raises SyntaxError, as JavaScript does; `u` first, so that most mistakes are found. */
function compiles(expression: string): void {
  // A template is compiled when it is filled in.
  if (!expression.includes("${")) new RegExp(expression, "su");
}

/** A JavaScript regular expression; a dot stands for a newline, too. */
export const Expression = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    try {
      compiles(text);
    } catch (error) {
      context.addIssue({
        code: "custom",
        message: `no regular expression: ${error instanceof Error ? error.message : text}`,
      });
    }
  })
  .describe("a JavaScript regular expression, in which a dot stands for a newline, too");

/** What a value is compared with; all that is given must hold. */
const COMPARISON = {
  equals: z.union([Template, z.number(), z.boolean(), z.null()]).optional(),
  notEquals: z.union([Template, z.number(), z.boolean(), z.null()]).optional(),
  contains: Template.optional(),
  notContains: Template.optional(),
  startsWith: Template.optional(),
  endsWith: Template.optional(),
  matches: Expression.optional(),
  exists: z.boolean().optional(),
  greaterThan: z.number().optional(),
  lessThan: z.number().optional(),
  between: z.tuple([z.number(), z.number()]).optional().describe("both included"),
};

const Comparison = z.strictObject(COMPARISON);

/** What a value is compared with. */
export type ComparisonConfig = z.output<typeof Comparison>;

/** The names of the comparisons, in the order in which they are made. */
export const OPERATORS = Object.keys(COMPARISON) as readonly (keyof ComparisonConfig)[];

/** Makes the schema of an assertion: its members, and at least one comparison. */
export function assertion<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject({ ...COMPARISON, description: z.string().optional(), ...shape });
}

/** Refuses assertions that compare with nothing. */
export function comparesNothing(assertions: readonly object[], context: z.RefinementCtx): void {
  assertions.forEach((one, index) => {
    if (OPERATORS.some((operator) => Object.hasOwn(one, operator))) return;
    context.addIssue({
      code: "custom",
      path: [index],
      message: `compares with nothing: give it one of ${OPERATORS.join(", ")}`,
    });
  });
}
