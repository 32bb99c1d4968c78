import { gzipSync } from "node:zlib";
import { idsOf } from "../../bench/reference/record-id.ts";
import { envelope, eventId, zipped } from "../../support/events.ts";
import { ACCOUNT } from "./rehearsal-config.ts";

/** How many records each road brings. */
export const RECORDS = 10_000;

const EVENTS_PER_PAYLOAD = 500;
const OBJECTS = 4;

/** A log line that says which it is; it is found again as `app.mark`. */
function line(mark: string): string {
  return JSON.stringify({ level: "info", message: "order taken", mark, order: { id: mark.length, total: 12.5 } });
}

/** `stream-0`, `stream-1`, … */
export function marks(road: string): string[] {
  return Array.from({ length: RECORDS }, (_, i) => `${road}-${i}`);
}

/** What a Destination puts into the stream: payloads of CloudWatch Logs, and the ids that their records must have, by their marks. */
export function streamLoad(region: string, nowMs: number): { payloads: Buffer[]; ids: Map<string, string> } {
  const ids = new Map<string, string>();
  const logGroup = "/rehearsal/stream";
  const payloads = chunks(marks("stream"), EVENTS_PER_PAYLOAD).map((part, number) => {
    const logStream = `host-${number}`;
    const idOf = idsOf(ACCOUNT, region, logGroup, logStream);
    const events = part.map((mark, i) => {
      const id = eventId(i);
      ids.set(mark, idOf(id));
      return { id, timestamp: nowMs, message: line(mark) };
    });
    return zipped(envelope(events, { owner: ACCOUNT, logGroup, logStream, subscriptionFilters: [`belfry-${region}`] }));
  });
  return { payloads, ids };
}

/** What an application writes to its log group, a call of PutLogEvents each. */
export function logLoad(nowMs: number): { timestamp: number; message: string }[][] {
  return chunks(marks("direct"), RECORDS / 10).map((part) =>
    part.map((mark) => ({ timestamp: nowMs, message: line(mark) })),
  );
}

/** Objects of lines, by their keys. */
export function objectLoad(): Map<string, Buffer> {
  const parts = chunks(marks("object"), RECORDS / OBJECTS);
  return new Map(
    parts.map((part, i) => [`app/${i}.ndjson.gz`, gzipSync(part.map((mark) => `${line(mark)}\n`).join(""))]),
  );
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
