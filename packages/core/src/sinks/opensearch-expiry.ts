import type { SendHttp } from "../platform/http.ts";
import { DEFAULT_RETENTION_DAYS, indexPrefix, type RetentionDays } from "./index-name.ts";
import { call, expectOk } from "./opensearch-call.ts";
import { MAPPED_CLASSES } from "./opensearch-fields.ts";
import { EXTRA_DAYS } from "./opensearch-setup.ts";

const DAY_MS = 86_400_000;
const DAY = /^(\d{4})\.(\d\d)\.(\d\d)$/;

/**
 * Deletes the indices of single days whose class's retention is over, for clusters that do not do so themselves; returns their names. Only names that Belfry gives to classes it
 * knows are touched. Raises UNAVAILABLE for what the cluster refuses.
 */
export async function deleteExpired(
  send: SendHttp,
  retentionDays: RetentionDays,
  nowMs: number,
): Promise<readonly string[]> {
  const path = "/_resolve/index/belfry-*";
  const answer = await call(send, { method: "GET", path });
  expectOk("GET", path, answer);
  const { indices } = JSON.parse(answer.body.toString("utf8")) as { indices: { name: string }[] };
  const expired = indices.map(({ name }) => name).filter((name) => isExpired(name, retentionDays, nowMs));
  for (const name of expired) {
    const deleted = await call(send, { method: "DELETE", path: `/${name}` });
    // Another run may have been faster.
    if (deleted.status !== 404) expectOk("DELETE", `/${name}`, deleted);
  }
  return expired;
}

function isExpired(index: string, retentionDays: RetentionDays, nowMs: number): boolean {
  return [...MAPPED_CLASSES, ...Object.keys(retentionDays)].some((dataset) => {
    const prefix = indexPrefix(dataset);
    if (!index.startsWith(prefix)) return false;
    const [, year, month, day] = DAY.exec(index.slice(prefix.length)) ?? [];
    const endMs = Date.parse(`${year}-${month}-${day}T00:00:00Z`) + DAY_MS;
    const keptDays = (retentionDays[dataset] ?? DEFAULT_RETENTION_DAYS) + EXTRA_DAYS;
    return endMs + keptDays * DAY_MS <= nowMs;
  });
}
