import { type Document, put } from "./document.ts";
import { isPlausible } from "./json.ts";

/** Where time and level are looked for. */
const HEAD = 128;

const ISO = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/;
const COMMON_LOG = /(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})/;
const LEVEL = /(?<![A-Za-z0-9])(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL)(?![A-Za-z0-9])/;

/** Any line: as `message`, with the time and the level at its head. */
export function parseText(message: string, timestamp: number, document: Document): void {
  const text = message.replace(/[\r\n]+$/, "");
  const head = text.slice(0, HEAD);
  put(document, "message", text);
  put(document, "log.level", LEVEL.exec(head)?.[0]);
  const time = timeIn(head);
  if (isPlausible(time, timestamp)) put(document, "@timestamp", new Date(time).toISOString());
}

function timeIn(head: string): number {
  const iso = ISO.exec(head);
  if (iso !== null) return Date.parse(iso[0]);
  const [, day, month, year, clock, zone] = COMMON_LOG.exec(head) ?? [];
  return Date.parse(`${day} ${month} ${year} ${clock} ${zone}`);
}
