import type { Alert } from "../../event/alert.ts";
import type { EventEnvelope } from "../../event/event-envelope.ts";
import { isObject, type JsonObject, listOf, textAt, textOf } from "../../event/json-member.ts";
import { knownChange } from "./known-changes.ts";
import { severityNamed, stateMeaning } from "./state-words.ts";
import { alertOf, DAY_MS, localKey } from "./statement.ts";

const MAX_LINES = 15;
const MAX_DEPTH = 2;
const MAX_VALUE_LENGTH = 300;

/** Names of members that hold a state, the surest first. */
const STATE_NAMES: readonly RegExp[] = [/^(state|status)$/i, /(state|status)$/i, /^result$/i];

/** Ids of what is another each time. */
const PASSING_ID = /(run|execution|request|event|message|transaction|correlation|trace|account|user)[-_]?id$/i;

/**
 * An event of any source, in words: what happened to what, and how that is. The key is source, account, region, kind of event and what it is about,
 * so that a state that is good resolves one that is not; what has no state is over after a day.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html
 */
export function genericAlert(event: EventEnvelope): Alert {
  const { detail, detailType, source } = event;
  const known = knownChange(event);
  const subject = known.subject ?? event.resources[0] ?? namedIn(detail, /name$/i) ?? idIn(detail) ?? "";
  const state = known.state ?? stateIn(detail);
  const meaning = state === undefined ? undefined : stateMeaning(state);
  const status = meaning?.status ?? "firing";
  const said = severityNamed(textAt(detail, "severity") ?? textAt(detail, "Severity") ?? "");
  const kind = detailType === "" ? source : detailType;
  const about = [shortName(subject), state].filter((part) => part !== undefined && part !== "").join(" ");
  return alertOf(event, {
    key: localKey(event, kind, subject),
    status,
    severity: said ?? meaning?.severity ?? "info",
    title: about === "" ? kind : `${kind}: ${about}`,
    description: descriptionOf(detail),
    labels: { detail_type: detailType, resource: subject, state },
    expiresAfterMs: DAY_MS,
  });
}

/** The members of an object as lines for people, the message first: never JSON. */
export function descriptionOf(detail: JsonObject): readonly string[] {
  const message = textAt(detail, "message") ?? textAt(detail, "Message") ?? textAt(detail, "description");
  const lines = linesOf(detail, "", 1).filter((line) => message === undefined || !line.endsWith(`: ${message}`));
  const more = lines.length - MAX_LINES;
  return [
    ...(message === undefined ? [] : [message]),
    ...lines.slice(0, MAX_LINES),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}

function linesOf(value: JsonObject, path: string, depth: number): string[] {
  return Object.entries(value).flatMap(([name, member]) => {
    const at = path === "" ? name : `${path}.${name}`;
    if (isObject(member)) return depth < MAX_DEPTH ? linesOf(member, at, depth + 1) : [];
    const text = Array.isArray(member) ? member.flatMap((item) => textOf(item) ?? []).join(", ") : textOf(member);
    if (text === undefined || text === "" || /^[[{]/.test(text)) return [];
    return [`${at}: ${text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text}`];
  });
}

function stateIn(detail: JsonObject): string | undefined {
  return STATE_NAMES.map((name) => namedIn(detail, name)).find((state) => state !== undefined);
}

function namedIn(detail: JsonObject, name: RegExp): string | undefined {
  for (const [member, value] of Object.entries(detail)) {
    const text = name.test(member) ? (textOf(value) ?? textOf(listOf(value)[0])) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

function idIn(detail: JsonObject): string | undefined {
  const lasting = Object.entries(detail).filter(([member]) => !PASSING_ID.test(member));
  return namedIn(Object.fromEntries(lasting), /.(id|arn)$/i);
}

/** What comes last in an ARN. */
function shortName(subject: string): string {
  return subject.startsWith("arn:")
    ? subject
        .split(":")
        .slice(5)
        .join(":")
        .replace(/^.*\/(?=.)/, "") || subject
    : subject;
}
