const QUOTE = '"';

/**
 * The members of a JSON object with their values as they are spelt: parsing would lose the spelling of numbers and duplicate keys. Raises
 * SyntaxError for what is no JSON; undefined for JSON that is no object.
 */
export function jsonMembers(text: string): Map<string, string> | undefined {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const members = new Map<string, string>();
  let at = text.indexOf("{") + 1;
  for (;;) {
    const open = text.indexOf(QUOTE, at);
    if (open < 0) return members;
    const close = endOfString(text, open);
    const from = text.indexOf(":", close) + 1;
    at = endOfValue(text, from);
    members.set(JSON.parse(text.slice(open, close)) as string, text.slice(from, at).trim());
  }
}

/** The place behind the closing quote. */
function endOfString(text: string, open: number): number {
  let at = open + 1;
  while (text[at] !== QUOTE) at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** The place of the comma or brace that ends a value of the outer object. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === QUOTE) at = endOfString(text, at) - 1;
    else if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
    if (depth < 0 || (depth === 0 && char === ",")) return at;
  }
  return text.length;
}
