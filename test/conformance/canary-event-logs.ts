import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Skipped } from "./score.ts";

// Enough of a file to know it by: they are megabytes.
const HEAD_BYTES = 4096;

/** Names the logs of a browser's protocol in a folder. They are not scored: Belfry makes its HAR of what the browser's driver records, and never of such a log. */
export async function findEventLogs(folder: string, set: string): Promise<Skipped[]> {
  const logs: Skipped[] = [];
  for (const file of (await readdir(folder, { recursive: true })).sort()) {
    if (!file.endsWith(".json")) continue;
    const head = (await readFile(join(folder, file))).subarray(0, HEAD_BYTES).toString("utf8");
    if (!/^\s*\[/.test(head) || !/"method":\s*"(Page|Network|Target)\./.test(head)) continue;
    logs.push({ set, file, reason: "events of the browser's protocol, of which no HAR is made here" });
  }
  return logs;
}
