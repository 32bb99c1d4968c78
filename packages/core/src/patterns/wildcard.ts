/** Stands among the bytes of a wildcard pattern where any bytes may be. */
export const ANY_BYTES = -1;

/** A wildcard pattern: `*` stands for any characters or none, `\*` and `\\` for the characters themselves. */
export interface Wildcard {
  /** The text between the wildcards; one part more than there are wildcards. */
  readonly parts: readonly string[];
  /** The same as UTF-8, each wildcard as ANY_BYTES. */
  readonly bytes: readonly number[];
}

/** Reads a wildcard pattern; or what AWS says against it, which counts positions in UTF-8 bytes from 1. */
export function parseWildcard(text: string): Wildcard | string {
  const parts = [""];
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    let char = text[at];
    if (char === "*") {
      if (text[at + 1] === "*") return `Consecutive wildcard characters at pos ${bytePosition(text, at)}`;
      parts.push("");
      bytes.push(ANY_BYTES);
      continue;
    }
    if (char === "\\") {
      const position = at++;
      char = text[at];
      if (char !== "*" && char !== "\\") return `Invalid escape character at pos ${bytePosition(text, position)}`;
    } else if (/[\ud800-\udbff]/.test(char)) {
      char = String.fromCodePoint(text.codePointAt(at) ?? 0);
      at += char.length - 1;
    }
    parts[parts.length - 1] += char;
    bytes.push(...Buffer.from(char));
  }
  return { parts, bytes };
}

function bytePosition(text: string, at: number): number {
  return Buffer.byteLength(text.slice(0, at)) + 1;
}

/** Whether a wildcard pattern describes the whole text. Takes each part where it first occurs, so that the time is linear in the wildcards. */
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
