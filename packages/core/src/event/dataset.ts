const names: string[] = [""];
const ids = new Map<string, number>([["", 0]]);

/** The number that stands for a data set's name (`aws.vpcflow`, `app.json`) in a batch; 0 is "not known yet". */
export function datasetId(name: string): number {
  let id = ids.get(name);
  if (id === undefined) {
    id = names.length;
    names.push(name);
    ids.set(name, id);
  }
  return id;
}

/** The name of a data set: `event.dataset`, the parser's name, part of the index, a metric dimension. */
export function datasetName(id: number): string {
  return names[id] ?? "";
}
