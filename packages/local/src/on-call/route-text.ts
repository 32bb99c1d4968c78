import type { RouteVisit } from "@belfry/core/alerts/explain-route";
import type { Alert } from "@belfry/core/event/alert";
import type { Paint } from "../cli/terminal.ts";
import { printable } from "../cli/terminal.ts";

/** Where one route leads, and what would hold an alert back on it at the moment. */
export interface RouteEnd {
  readonly place: string;
  readonly receiver: string;
  readonly channels: readonly string[];
  /** The receiver's chain of people. */
  readonly escalation?: string;
  readonly groupKey: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly heldBack: readonly string[];
}

/** What the routing tree does with one alert. */
export interface RouteTest {
  readonly alert: Pick<Alert, "key" | "status" | "severity" | "title" | "labels">;
  readonly path: RouteVisit;
  readonly ends: readonly RouteEnd[];
}

const WIDTH = 11;

/** The test of a route for people: labels, the way through the tree with reasons, and where it ends. */
export function routeTestText({ alert, path, ends }: RouteTest, paint: Paint): string {
  const label = (name: string, text: string) => `${paint.faint(name.padEnd(WIDTH))}${text}`;
  const labels = Object.entries(alert.labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [
    label("alert", `${paint.strong(printable(alert.title))} (${alert.status}, ${alert.severity})`),
    label("key", printable(alert.key)),
    label("labels", printable(labels.join(" "))),
    ...visitLines(path, 0, paint).map((line, i) => label(i === 0 ? "routes" : "", line)),
    ...ends.flatMap((end) => ["", ...endLines(end).map(([name, text]) => label(name, text))]),
  ].join("\n");
}

function visitLines({ place, conditions, failed, isTaken, routes }: RouteVisit, depth: number, paint: Paint): string[] {
  const verdict = failed.length > 0 ? paint.bad("no ") : paint.good(isTaken ? "=> " : "yes");
  const reasons = failed.length === 0 ? "" : `: ${failed.join("; ")}`;
  const own = `${"  ".repeat(depth)}${verdict} ${place} ${paint.faint(conditions)}${printable(reasons)}`;
  return [own, ...routes.flatMap((route) => visitLines(route, depth + 1, paint))];
}

function endLines({ place, receiver, channels, escalation, groupKey, heldBack }: RouteEnd): [string, string][] {
  return [
    ["route", place],
    ["receiver", receiver],
    ["channels", channels.length === 0 ? "none" : channels.join(", ")],
    ...(escalation === undefined ? [] : [["escalation", escalation] as [string, string]]),
    ["group", printable(groupKey)],
    ["held back", heldBack.length === 0 ? "by nothing now" : printable(heldBack.join("; "))],
  ];
}
