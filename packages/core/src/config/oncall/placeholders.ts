/** `{label}`; what else stands in braces stays as it is. */
const PLACEHOLDER = /\{([a-zA-Z_]\w*)\}/g;

/** The labels whose values a text wants, in their order. */
export function labelsIn(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, label]) => label ?? "");
}

/** A text with the values of labels in place of `{label}`; `value` raises for one that may not stand there. What a value looks like is not read again. */
export function filled(text: string, value: (label: string) => string): string {
  return text.replace(PLACEHOLDER, (_, label: string) => value(label));
}
