import fc from "fast-check";

/** JSON texts as programs write them: some escape all that they may, some put blanks and line breaks between tokens. */
export interface Spelling {
  readonly space: string;
  /** 0: what must be escaped; 1: all but letters and digits too; 2: every character as \\uXXXX. */
  readonly escaping: 0 | 1 | 2;
}

export const spelling: fc.Arbitrary<Spelling> = fc.record({
  space: fc.constantFrom("", "", " ", "\t"),
  escaping: fc.constantFrom<0 | 1 | 2>(0, 0, 1, 2),
});

/** A number that stands in the JSON text as it is spelt. */
export class Verbatim {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Writes a value as JSON text in a spelling. */
export function spell(value: unknown, how: Spelling): string {
  if (value instanceof Verbatim) return value.text;
  if (typeof value === "string") return `"${[...value].map((char) => spellChar(char, how)).join("")}"`;
  const { space } = how;
  if (Array.isArray(value)) return `[${value.map((element) => space + spell(element, how)).join(`${space},`)}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, member]) => `${space}${spell(key, how)}${space}:${space}${spell(member, how)}`,
  );
  return `{${members.join(",")}${space}}`;
}

function spellChar(char: string, { escaping }: Spelling): string {
  if (escaping === 2 || (escaping === 1 && !/[\w ]/.test(char) && !/["\\]/.test(char))) {
    return [...Array(char.length).keys()].map((i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`).join("");
  }
  return JSON.stringify(char).slice(1, -1);
}
