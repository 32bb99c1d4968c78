import { BelfryError, messageOf } from "@belfry/core/platform/errors";
import { readInput, STDIN } from "../cli/input.ts";

/** An event and where it was read. */
export interface ReadEvent {
  /** The file, with the event's number when it has several. */
  readonly name: string;
  readonly event: unknown;
}

/**
 * The events of files: one, several in an array, or one a line; `-` for standard input, and JSON for itself. A sample with remarks has its event as `event`. Raises
 * BAD_EVENT for what is no JSON, NOT_FOUND.
 */
export async function readEvents(names: readonly string[]): Promise<ReadEvent[]> {
  const events: ReadEvent[] = [];
  for (const name of names) {
    const isItself = name.trimStart().startsWith("{");
    const shown = isItself ? "event" : name === STDIN ? "standard input" : name;
    const read = eventsIn(isItself ? name : (await readInput(name)).toString("utf8"), shown);
    events.push(
      ...read.map((event, i) => ({ name: read.length === 1 ? shown : `${shown}#${i + 1}`, event: bare(event) })),
    );
  }
  return events;
}

function eventsIn(text: string, name: string): unknown[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const whole = parsed(text);
  if ("value" in whole) return Array.isArray(whole.value) ? whole.value : [whole.value];
  return lines.map((line, i) => {
    const result = parsed(line);
    if ("value" in result) return result.value;
    // Of a file that is not one event a line, the error of the whole says more.
    const { cause } = i === 0 ? whole : result;
    const place = i === 0 ? "" : ` in line ${i + 1}`;
    throw new BelfryError("BAD_EVENT", `${name} is not JSON${place}: ${messageOf(cause)}`, { cause });
  });
}

function parsed(text: string): { readonly value: unknown } | { readonly cause: unknown } {
  try {
    return { value: JSON.parse(text) };
  } catch (cause) {
    return { cause };
  }
}

function bare(event: unknown): unknown {
  const isWrapped = typeof event === "object" && event !== null && "event" in event && !("detail-type" in event);
  return isWrapped ? event.event : event;
}
