import { explainRoutes, type RouteVisit } from "@belfry/core/alerts/explain-route";
import { groupOf } from "@belfry/core/alerts/group";
import { healthPageOf } from "@belfry/core/alerts/health-page";
import { heldBack } from "@belfry/core/alerts/held-back";
import { type Normalised, normalise } from "@belfry/core/alerts/normalise/normalise";
import { compileRoutes, matchRoutes, type Route } from "@belfry/core/alerts/route";
import type { OnCallConfig } from "@belfry/core/config/oncall/schema";
import type { Alert } from "@belfry/core/event/alert";
import { HealthBook } from "@belfry/core/health/health-book";
import { BelfryError } from "@belfry/core/platform/errors";
import { Command } from "commander";
import { ExitCode } from "../cli/exit-code.ts";
import type { Terminal } from "../cli/terminal.ts";
import { readEvents } from "../on-call/read-events.ts";
import { type RouteEnd, type RouteTest, routeTestText } from "../on-call/route-text.ts";
import { findConfig } from "../runtime/load-config.ts";

const HELP = `
The event is one of EventBridge, a message of SNS, or the Lambda action of an alarm: a file, - for standard input, or JSON.

Exit codes:
  0  it is an alert, and this is its way
  1  it is no alert, with the reason
  2  the event or the configuration is not valid

Examples:
  $ belfry route test alarm.json
  $ belfry route test alarm.json --json | jq '.ends[].receiver'
  $ belfry route test '{"source":"aws.ec2","detail-type":"EC2 Instance State-change Notification","detail":{"state":"stopped"}}'`;

interface RouteOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** `belfry route`. The clock is a parameter for tests. */
export function routeCommand(terminal: Terminal, now: () => number = () => Date.now()): Command {
  const command = new Command("route")
    .description("say which route of oncall an alert takes")
    .addHelpText("afterAll", HELP);
  command
    .command("test <event>")
    .description(
      "the alerts of an event: labels, way through the routes, group, receiver, and what would hold them back now",
    )
    .option("--config <file>", "the configuration; belfry.config.ts in this folder when absent")
    .option("--json", "one JSON object an alert: alert, path, ends")
    .action((event: string, options: RouteOptions) => test(event, options, now(), terminal));
  return command;
}

async function test(name: string, options: RouteOptions, nowMs: number, terminal: Terminal): Promise<void> {
  const { config } = await findConfig(options.config);
  const events = await readEvents([name]);
  const [first] = events;
  if (events.length !== 1)
    throw new BelfryError("BAD_EVENT", `give one event, not ${events.length}: belfry simulate takes several`);
  const result = alertsOf(first.event, nowMs);
  if ("reason" in result) {
    terminal.print(options.json === true ? JSON.stringify(result) : `no alert: ${result.reason}`);
    terminal.exitCode = ExitCode.no;
    return;
  }
  const tests = result.alerts.map((alert) => routeTest(alert, config.oncall, nowMs));
  if (options.json === true) for (const each of tests) terminal.print(JSON.stringify(each));
  else terminal.print(tests.map((each) => routeTestText(each, terminal.paint)).join("\n\n"));
}

/** As a deployment sees it: a page of AWS Health is what is known of its event when no other page comes. */
function alertsOf(event: unknown, nowMs: number): Normalised {
  const page = healthPageOf(event, nowMs);
  if (page === undefined) return normalise(event, { now: nowMs });
  const book = new HealthBook();
  const { alert, waitUntil = nowMs } = book.accept(page, nowMs);
  const shown = alert ?? book.review(page.eventArn, waitUntil).alert;
  return shown === undefined ? { reason: "a page of AWS Health that shows nothing" } : { alerts: [shown] };
}

function routeTest(alert: Alert, config: OnCallConfig, nowMs: number): RouteTest {
  const root = compileRoutes(config.route);
  const path = explainRoutes(config.route, root, alert);
  const places = takenPlaces(path);
  const { key, status, severity, title, labels } = alert;
  return {
    alert: { key, status, severity, title, labels },
    path,
    ends: matchRoutes(root, alert).map((route, i) => endOf(places[i], route, alert, config, nowMs)),
  };
}

/** In the order in which the routes take the alert. */
function takenPlaces({ place, isTaken, routes }: RouteVisit): string[] {
  return isTaken ? [place] : routes.flatMap(takenPlaces);
}

function endOf(place: string, route: Route, alert: Alert, config: OnCallConfig, nowMs: number): RouteEnd {
  const { receiver } = route.options;
  const { channels, escalation } = config.receivers[receiver];
  const { key, labels } = groupOf(route, alert.labels);
  return {
    place,
    receiver,
    channels,
    ...(escalation === undefined ? {} : { escalation }),
    groupKey: key,
    groupLabels: labels,
    heldBack: heldBack(alert, route.options, config, nowMs),
  };
}
