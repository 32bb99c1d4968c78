import type * as z from "zod";

/** A check of a list in which nothing may stand twice, because resources are made of its entries. */
export function distinct(list: readonly string[], context: z.RefinementCtx): void {
  list.forEach((entry, i) => {
    if (list.indexOf(entry) === i) return;
    context.addIssue({ code: "custom", path: [i], message: `${entry} stands here twice` });
  });
}

/** The same for a list of things with names. */
export function distinctNames(list: readonly { readonly name: string }[], context: z.RefinementCtx): void {
  const names = list.map(({ name }) => name);
  names.forEach((name, i) => {
    if (names.indexOf(name) === i) return;
    context.addIssue({ code: "custom", path: [i, "name"], message: `"${name}" is a name twice` });
  });
}
