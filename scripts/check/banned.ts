import type { TextFile } from "./files.ts";

interface Ban {
  readonly pattern: RegExp;
  readonly why: string;
}

// The patterns are written so that this file does not match itself.
const EVERYWHERE: readonly Ban[] = [
  {
    pattern: /(?<=^|[\s"'`(=:])(?:\/(?:home|Users|root|work)\/\w|[A-Z]:\\Users\\)/m,
    why: "a path of one machine means nothing on another",
  },
];

const IN_CODE: readonly Ban[] = [
  { pattern: /\b(?:TO[D]O|FIX[M]E|HA[C]K)\b/, why: "do it, or write it down where work is planned" },
  { pattern: /catch\s*(?:\([^)]*\)\s*)?\{\s*\}/, why: "an empty catch hides the error: handle it, or say why not" },
  { pattern: /\b(?:it|test|describe|suite|bench)\.(?:only|skip|todo)\b/, why: "every test runs, always" },
  { pattern: /@ts-(?:ignore|nocheck)\b/, why: "say the type instead of silencing the compiler" },
  { pattern: /biome-ignore\S* lint\/suspicious\/noExplicit[A]ny/, why: "say the type, or take unknown" },
];

const CODE = /\.(?:ts|tsx|mjs|cjs|js)$/;

/** Names every line of the files with something that has no place in them, and why. */
export function banned(files: readonly TextFile[]): string[] {
  return files.flatMap((file) => {
    const bans = CODE.test(file.path) ? [...EVERYWHERE, ...IN_CODE] : EVERYWHERE;
    return bans.flatMap((ban) => occurrences(file, ban));
  });
}

function occurrences({ path, text }: TextFile, { pattern, why }: Ban): string[] {
  return [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map((match) => {
    const line = text.slice(0, match.index).split("\n").length;
    return `${path}:${line}: ${match[0].replaceAll(/\s+/g, " ")}: ${why}`;
  });
}
