/** A leaf of a document: its dotted path and its value, an array being one leaf. */
type Leaves = Map<string, unknown>;

// What depends on somebody's own databases, clock or configuration, and not on the log line.
const LEFT_OUT = [
  /(?:^|\.)geo\./,
  /(?:^|\.)as\./,
  /^user_agent\.(?:os|device|name|version)(?:\.|$)/,
  /^ecs\.version$/,
  /^tags$/,
  /^event\.(?:ingested|created)$/,
  /(?:^|\.)_conf(?:\.|$)/,
  /^related\./,
  /^network\.community_id$/,
];

/** Java's notation of a map: `{a=b, c={d=e}}`. */
const JAVA_MAP = /^\{[^"=]*=.*\}$/s;

/** The share of expected leaf fields that are equal, and the paths of those that are not. */
export function compareDocuments(expected: unknown, actual: unknown): { score: number; different: string[] } {
  const want = leavesOf(expected);
  const have = leavesOf(actual);
  const different = [...want]
    .filter(([path, value]) => canonical(have.get(path)) !== canonical(value))
    .map(([path]) => path);
  return { score: want.size === 0 ? 1 : (want.size - different.length) / want.size, different };
}

function leavesOf(document: unknown): Leaves {
  const leaves: Leaves = new Map();
  const walk = (value: unknown, path: string): void => {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      for (const [key, member] of Object.entries(value)) walk(member, path === "" ? key : `${path}.${key}`);
      return;
    }
    const isJavaMap = typeof value === "string" && JAVA_MAP.test(value);
    if (!isJavaMap && !LEFT_OUT.some((pattern) => pattern.test(path))) leaves.set(path, value);
  };
  walk(document, "");
  return leaves;
}

/** The JSON of a value in which arrays are sets, the order of keys does not matter, and empty objects are not there. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(canonical))].sort().join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "absent";
  const members = Object.entries(value)
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`)
    .filter((member) => !member.endsWith(":{}"));
  return `{${members.sort().join()}}`;
}
