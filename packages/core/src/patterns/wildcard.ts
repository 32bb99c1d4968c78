/** One character of a wildcard pattern, or the wildcard itself. */
export const ANY = "any";

/**
 * A wildcard pattern: `*` stands for any characters or none, `\*` and `\\` for themselves. `tokens` are the pattern's UTF-8 bytes and wildcards,
 * `parts` the text between the wildcards.
 */
export interface Wildcard {
  readonly tokens: readonly (number | typeof ANY)[];
  readonly parts: readonly string[];
}

/** Reads a wildcard pattern; what AWS says against it when it is none. AWS counts positions in bytes, from 1. */
export function parseWildcard(text: string): Wildcard | string {
  const parts = [""];
  const tokens: (number | typeof ANY)[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (char === "*") {
      if (text[at + 1] === "*") return `Consecutive wildcard characters at pos ${bytePosition(text, at)}`;
      parts.push("");
      tokens.push(ANY);
      continue;
    }
    let literal = char;
    if (char === "\\") {
      literal = text[at + 1];
      if (literal !== "*" && literal !== "\\") return `Invalid escape character at pos ${bytePosition(text, at)}`;
      at++;
    } else at += char.length - 1;
    parts[parts.length - 1] += literal;
    tokens.push(...Buffer.from(literal));
  }
  return { tokens, parts };
}

function bytePosition(text: string, at: number): number {
  return Buffer.byteLength(text.slice(0, at)) + 1;
}

/** Whether the whole text is what the wildcard pattern describes. Takes each part where it first occurs: time is linear in the number of wildcards. */
export function matchesWildcard({ parts }: Wildcard, text: string): boolean {
  const first = parts[0];
  if (parts.length === 1) return text === first;
  const last = parts[parts.length - 1];
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (let i = 1; i < parts.length - 1; i++) {
    const found = text.indexOf(parts[i], at);
    if (found < 0) return false;
    at = found + parts[i].length;
  }
  return at <= end;
}
