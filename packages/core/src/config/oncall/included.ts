import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Document, LineCounter, Node } from "yaml";
import { BelfryError, messageOf } from "../../platform/errors.ts";
import type { Problem } from "../problems.ts";
import { suggestion } from "../wording.ts";

/** What of the section may stand in files of its own: all that is kept by name. */
const PARTS = ["receivers", "timeIntervals", "people", "escalations", "schedules"] as const;

/** A configuration with what its files say in it, and where that stands. */
interface Included {
  readonly value: unknown;
  /** What is wrong with the files, before what they say is looked at. */
  readonly problems: readonly Problem[];
  /** `on-call.yaml:7`, for a path down to what came from a file; undefined for what the configuration says itself. */
  readonly placeOf: (path: readonly PropertyKey[]) => string | undefined;
}

type Named = Readonly<Record<string, unknown>>;

/** Puts what the YAML files of `oncall.include` say, by path from the configuration `file`, into its section. Raises BAD_CONFIG for a file that is not there or is no YAML. */
export async function withIncluded(value: unknown, file: string): Promise<Included> {
  const { include, ...section } = isMap(value) && isMap(value.oncall) ? value.oncall : {};
  const names = Array.isArray(include) ? include.filter((name) => typeof name === "string") : [];
  if (names.length === 0) return { value, problems: [], placeOf: () => undefined };
  const files = await Promise.all(names.map((name) => readYaml(name, join(dirname(file), name))));
  const problems: Problem[] = [];
  const origins = new Map<string, YamlFile>();
  const oncall: Record<string, unknown> = section;
  for (const each of files) {
    for (const { part, name, entry } of entriesOf(each, problems)) {
      const own: unknown = oncall[part] ?? {};
      if (!isMap(own)) continue;
      const place = each.placeOf([part, name]);
      const known = origins.get(JSON.stringify([part, name]))?.placeOf([part, name]) ?? file;
      if (Object.hasOwn(own, name)) {
        problems.push({ path: ["oncall", part, name], place, message: `is in ${known} too` });
        continue;
      }
      oncall[part] = { ...own, [name]: entry };
      origins.set(JSON.stringify([part, name]), each);
    }
  }
  return {
    value: { ...(value as Named), oncall },
    problems,
    placeOf: ([top, part, name, ...rest]) => {
      const origin = top === "oncall" ? origins.get(JSON.stringify([part, name])) : undefined;
      return origin?.placeOf([part, name, ...rest]);
    },
  };
}

interface Entry {
  readonly part: string;
  readonly name: string;
  readonly entry: unknown;
}

/** The named things of a file; what has no place in it is a problem. */
function entriesOf({ content, placeOf }: YamlFile, problems: Problem[]): Entry[] {
  if (content === null) return [];
  if (!isMap(content)) {
    problems.push({ path: [], place: placeOf([]), message: `expected a map with ${PARTS.join(", ")}` });
    return [];
  }
  return Object.entries(content).flatMap(([part, named]) => {
    const place = placeOf([part]);
    if (!(PARTS as readonly string[]).includes(part)) {
      const hint = suggestion(part, PARTS) || `; known are ${PARTS.join(", ")}`;
      problems.push({ path: [part], place, message: `unknown key${hint}` });
      return [];
    }
    if (!isMap(named)) {
      problems.push({ path: [part], place, message: "expected a map of names" });
      return [];
    }
    return Object.entries(named).map(([name, entry]) => ({ part, name, entry }));
  });
}

interface YamlFile {
  readonly content: unknown;
  readonly placeOf: (path: readonly PropertyKey[]) => string;
}

async function readYaml(name: string, file: string): Promise<YamlFile> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new BelfryError("BAD_CONFIG", `oncall.include: ${name} cannot be read: ${messageOf(cause)}`, { cause });
  }
  const { isAlias, isMap: isYamlMap, isSeq, LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    throw new BelfryError("BAD_CONFIG", `${name}:${lineAt(error.pos[0], lines)} is not YAML: ${error.message}`);
  }
  const step = (node: Node | null, key: PropertyKey): { at: number | undefined; node: Node | null } => {
    const target = isAlias(node) ? (node.resolve(document) ?? null) : node;
    if (isYamlMap<Node, Node>(target)) {
      const pair = target.items.find((item) => String(item.key) === String(key));
      return { at: pair?.key.range?.[0], node: pair?.value ?? null };
    }
    const item = isSeq<Node>(target) ? (target.items[Number(key)] ?? null) : null;
    return { at: item?.range?.[0], node: item };
  };
  return { content: document.toJS(), placeOf: (path) => `${name}:${lineAt(offsetOf(path, document, step), lines)}` };
}

type Step = (node: Node | null, key: PropertyKey) => { readonly at: number | undefined; readonly node: Node | null };

/** Where the last part of a path that is there begins. */
function offsetOf(path: readonly PropertyKey[], { contents }: Document, step: Step): number {
  let offset = contents?.range?.[0] ?? 0;
  let node: Node | null = contents;
  for (const key of path) {
    const next = step(node, key);
    if (next.at === undefined) break;
    offset = next.at;
    node = next.node;
  }
  return offset;
}

function lineAt(offset: number, lines: LineCounter): number {
  return Math.max(1, lines.linePos(offset).line);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
