import * as z from "zod";
import { BelfryError } from "../platform/errors.ts";
import type { QuarantineEntry } from "./quarantine-entry.ts";

const StoredResource = z.object({
  account: z.string(),
  region: z.string(),
  regionAssumed: z.boolean(),
  logGroup: z.string().optional(),
  logStream: z.string().optional(),
  subscriptionFilters: z.array(z.string()).optional(),
  object: z.object({ bucket: z.string(), key: z.string(), version: z.string() }).optional(),
  stream: z.string().optional(),
});

/** One line of a quarantine file. */
const StoredEntry = z.object({
  id: z.string(),
  reason: z.string(),
  sink: z.string().optional(),
  origin: z.string(),
  resource: StoredResource,
  time: z.number().optional(),
  original: z.base64(),
});

/** The entries of a quarantine file, decompressed and decrypted. Raises BAD_PAYLOAD, naming the line, for what `formatEntries` cannot have written. */
export function parseEntries(text: string): QuarantineEntry[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, i) => {
    try {
      const { original, ...entry } = StoredEntry.parse(JSON.parse(line));
      return { ...(entry as Omit<QuarantineEntry, "original">), original: Buffer.from(original, "base64") };
    } catch (cause) {
      throw new BelfryError("BAD_PAYLOAD", `line ${i + 1} is not an entry of a quarantine file`, { cause });
    }
  });
}
