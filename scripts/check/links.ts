import { existsSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";
import type { TextFile } from "./files.ts";

/** Names every link of the Markdown files to a file that is not there, or to a heading that a page does not have. */
export function brokenLinks(pages: readonly TextFile[], root: string): string[] {
  const headings = new Map(pages.map(({ path, text }) => [path, anchors(text)]));
  return pages.flatMap(({ path, text }) =>
    targets(text).flatMap((target) => {
      const [file = "", anchor] = target.split("#");
      const linked = file === "" ? path : posix.normalize(join(dirname(path), decodeURI(file)).replaceAll("\\", "/"));
      if (!headings.has(linked) && !existsSync(resolve(root, linked))) return [`${path}: ${target}: no such file`];
      const missing = anchor !== undefined && headings.has(linked) && !headings.get(linked)?.has(anchor);
      return missing ? [`${path}: ${target}: ${linked} has no such heading`] : [];
    }),
  );
}

/** Where the inline and reference links of a page lead, leaving out other sites and what stands in code. */
function targets(text: string): string[] {
  const prose = withoutCode(text);
  const inline = prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g);
  const references = prose.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm);
  return [...inline, ...references]
    .map((match) => match[1] ?? "")
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target));
}

/** The anchors that GitHub makes of a page's headings: lower case, no punctuation, dashes for spaces. */
function anchors(text: string): Set<string> {
  const found = new Set<string>();
  for (const match of text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/^#{1,6}\s+(.+?)\s*$/gm)) {
    const title = (match[1] ?? "").toLowerCase();
    const anchor = title.replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(/\s/g, "-");
    let unique = anchor;
    for (let n = 1; found.has(unique); n++) unique = `${anchor}-${n}`;
    found.add(unique);
  }
  return found;
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");
}
