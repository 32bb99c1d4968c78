import { readFile } from "node:fs/promises";

/** The actions of the IAM policy in a page's only block of JSON, in order. */
export async function policyOfPage(page: string): Promise<readonly string[]> {
  const [, json = "{}"] = /```json\n([\s\S]*?)```/.exec(await readFile(page, "utf8")) ?? [];
  const { Statement } = JSON.parse(json) as { Statement: readonly { Action: readonly string[] }[] };
  return Statement.flatMap(({ Action }) => Action).sort();
}
