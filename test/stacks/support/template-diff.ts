/** Templates by the names of their stacks. */
type Templates = Readonly<Record<string, unknown>>;

/** Where two sets of templates differ: `Ingest/Resources/LogStream/Properties/ShardCount`, sorted; what only one of them has is named by its highest place. */
export function differences(before: Templates, after: Templates): string[] {
  return compare("", before, after).sort();
}

/** The differences as `Stack/LogicalId`, each once: what an update would touch. */
export function touched(before: Templates, after: Templates): string[] {
  const places = differences(before, after).map((path) => {
    const [stack, section, id] = path.split("/");
    return section === undefined ? stack : `${stack}/${section === "Resources" ? id : section}`;
  });
  return [...new Set(places)];
}

function compare(path: string, before: unknown, after: unknown): string[] {
  if (!isObject(before) || !isObject(after)) return JSON.stringify(before) === JSON.stringify(after) ? [] : [path];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => compare(path === "" ? key : `${path}/${key}`, before[key], after[key]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
