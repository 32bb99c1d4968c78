/** Whether bytes [from, to) are the given text. */
export function equals(bytes: Uint8Array, from: number, to: number, text: Uint8Array): boolean {
  return to - from === text.length && startsWith(bytes, from, to, text);
}

/** Whether bytes [from, to) begin with the given text. */
export function startsWith(bytes: Uint8Array, from: number, to: number, text: Uint8Array): boolean {
  if (to - from < text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text[i]) return false;
  return true;
}
