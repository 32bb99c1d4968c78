import { createHash } from "node:crypto";
import { eventTime } from "./event-time.ts";
import { isObject, type JsonObject, listOf, objectOf, textAt, textOf } from "./json-member.ts";

/**
 * An event of EventBridge, read leniently: samples and older services leave out members that the reference calls required, which are empty here.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html
 */
export interface EventEnvelope {
  /** The same on each delivery; a hash of the event where the event has no id. */
  readonly id: string;
  /** `aws.ec2`, or what a program calls itself. */
  readonly source: string;
  readonly detailType: string;
  readonly account: string;
  /** Where it was delivered. */
  readonly region: string;
  /** Epoch milliseconds; that of its arrival where the event has none. */
  readonly timeMs: number;
  readonly resources: readonly string[];
  readonly detail: JsonObject;
  /** Replayed from an archive: the event has a `replay-name`. */
  readonly replayed: boolean;
  /** As it came. */
  readonly raw: unknown;
}

/** Reads an event that has a detail and says what it is; undefined for anything else. */
export function readEventEnvelope(raw: unknown, nowMs: number): EventEnvelope | undefined {
  if (!isObject(raw)) return undefined;
  const source = textAt(raw, "source") ?? "";
  const detailType = textAt(raw, "detail-type") ?? "";
  // A documented sample of CloudWatch has `alarmData`, as in the event of a Lambda action, in the place of `detail`.
  const detail = raw.detail ?? raw.alarmData;
  if (detailType === "" && (source === "" || detail === undefined)) return undefined;
  return {
    id: textAt(raw, "id") ?? contentId(raw),
    source,
    detailType,
    account: textAt(raw, "account") ?? "",
    region: textAt(raw, "region") ?? "",
    timeMs: eventTime(raw.time) ?? nowMs,
    resources: listOf(raw.resources).flatMap((resource) => textOf(resource) ?? []),
    detail: isObject(detail) ? detail : detail === undefined ? {} : objectOf({ message: detail }),
    replayed: textAt(raw, "replay-name") !== undefined,
    raw,
  };
}

/** An id for what has none: 32 hexadecimal digits of the content's hash. */
export function contentId(content: unknown): string {
  return createHash("sha256").update(canonical(content)).digest("hex").slice(0, 32);
}

/** JSON with sorted names, so that a copy that was parsed and written again is the same. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? "null";
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}
