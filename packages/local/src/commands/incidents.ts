import { userInfo } from "node:os";
import type { PersonInput } from "@belfry/core/alerts/dispatch/dispatcher";
import type { IncidentRow } from "@belfry/core/alerts/dispatch/incident-row";
import { incidentStore } from "@belfry/core/alerts/dispatch/incident-store";
import type { IncidentOutcome } from "@belfry/core/alerts/incident/decide";
import { parseDuration } from "@belfry/core/config/oncall/duration";
import { systemClock } from "@belfry/core/platform/clock";
import { BelfryError } from "@belfry/core/platform/errors";
import { Command, InvalidArgumentError } from "commander";
import { ExitCode } from "../cli/exit-code.ts";
import { printable, type Terminal } from "../cli/terminal.ts";
import {
  atDesk,
  type DeskContext,
  durationOf,
  type PlaceOptions,
  placed,
  type UserName,
} from "../on-call/desk-command.ts";
import { findIncident, lifeOf } from "../on-call/find-incident.ts";
import type { Sender } from "../on-call/incident-desk.ts";
import { incidentJson, lifeJson } from "../on-call/incident-json.ts";
import { incidentTable, incidentText, shortHandle } from "../on-call/incident-text.ts";
import { timeText } from "../on-call/time-text.ts";
import { addApprove } from "./incident-approve.ts";
import { addSilenceCommands } from "./incident-silences.ts";
import { addUndelivered } from "./incident-undelivered.ts";

const HELP = `
An incident is named by four or more of its digits, or by last. Incidents are those of the local runtime (npm start), whether it runs or not; with
--stage or --table those of a deployment, where the credentials of this shell need dynamodb:GetItem, Query and, to change something, PutItem, UpdateItem,
DeleteItem and ConditionCheckItem on the table. What you do is told as a button's press would be: by the runtime or the deployment, and by the command itself where no runtime is running.

Exit codes:
  0  done
  1  there is none, or it is so already: taken, or over
  2  no such incident, several begin so, or the options are not valid
  3  the table cannot be reached

Examples:
  $ belfry incidents list                          those that are open; --all for the others too
  $ belfry incidents show last                     its life: what happened, who was told, by which channel, when
  $ belfry incidents ack 3f2a                      stops the escalation
  $ belfry incidents snooze 3f2a --for 2h
  $ belfry incidents resolve 3f2a --by ada
  $ belfry incidents silence 'alarmname="checkout-down",account="111122223333"' --for 2h --comment "deploying"
  $ belfry incidents list --stage prod --region eu-central-1 --json | jq -r .handle`;

interface ActionOptions extends PlaceOptions {
  readonly by?: string;
}

const DEFAULT_LIMIT = 20;
const DEFAULT_SNOOZE = "1h";

/** `belfry incidents`. */
export function incidentsCommand(
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
  userName: UserName = () => userInfo().username,
): Command {
  const context = { terminal, env, userName };
  const command = new Command("incidents").description("look at incidents and take them").addHelpText("afterAll", HELP);
  placed(command, "list", "those that are not over, the latest first")
    .option("--all", "those that are over too")
    .option("--limit <n>", "how many, at most", wholeNumber, DEFAULT_LIMIT)
    .action((options: PlaceOptions & { all?: boolean; limit: number }) => list(options, context));
  placed(command, "show <incident>", "one with its life: what happened, who was told, its alerts and links").action(
    (name: string, options: PlaceOptions) => show(name, options, context),
  );
  action(command, "ack <incident>", "take it: nobody else is woken").action((name: string, options: ActionOptions) =>
    act(name, options, context, (by) => ({ kind: "acknowledge", by })),
  );
  action(command, "snooze <incident>", "put it off: it opens again then, unless it is over")
    .option("--for <duration>", "how long: 30m, 2h, 1d", durationOf, parseDuration(DEFAULT_SNOOZE))
    .action((name: string, options: ActionOptions & { for: number }) =>
      act(name, options, context, (by) => ({ kind: "snooze", by, untilMs: systemClock.now() + options.for })),
    );
  action(command, "resolve <incident>", "end it").action((name: string, options: ActionOptions) =>
    act(name, options, context, (by) => ({ kind: "resolve", by })),
  );
  addSilenceCommands(command, context);
  addUndelivered(command, context);
  addApprove(command, context);
  return command;
}

function action(command: Command, usage: string, description: string): Command {
  return placed(command, usage, description).option("--by <name>", "who does it; your user name when absent");
}

async function list(
  { all, limit, json, ...place }: PlaceOptions & { all?: boolean; limit: number },
  context: DeskContext,
): Promise<void> {
  const { terminal } = context;
  await atDesk(place, context, async ({ table }, signal) => {
    const store = incidentStore(table);
    const rows = all === true ? await store.recent(limit, signal) : await store.open(limit, signal);
    if (rows.length === 0) terminal.exitCode = ExitCode.no;
    if (json === true) for (const row of rows) terminal.print(JSON.stringify(incidentJson(row)));
    else if (rows.length > 0) terminal.print(incidentTable(rows, systemClock.now(), terminal.paint));
    else
      terminal.print(all === true ? "there were no incidents" : "no incident is open; --all lists those that are over");
  });
}

async function show(name: string, { json, ...place }: PlaceOptions, context: DeskContext): Promise<void> {
  const { terminal } = context;
  await atDesk(place, context, async ({ table }, signal) => {
    const life = await lifeOf(table, await findIncident(table, name, signal), signal);
    if (json === true) terminal.print(JSON.stringify(lifeJson(life)));
    else terminal.print(incidentText(life, systemClock.now(), terminal.paint));
  });
}

async function act(
  name: string,
  { json, by, ...place }: ActionOptions,
  context: DeskContext,
  inputOf: (by: string) => PersonInput,
): Promise<void> {
  const { terminal } = context;
  await atDesk(place, context, async (desk, signal) => {
    const { handle } = await findIncident(desk.table, name, signal);
    const outcome = await desk.act(handle, inputOf(by ?? context.userName()), signal);
    const row = await findIncident(desk.table, handle, signal);
    if (outcome !== "done") terminal.exitCode = ExitCode.no;
    if (json === true) terminal.print(JSON.stringify({ outcome, ...incidentJson(row) }));
    else terminal.print(`${outcomeText(outcome, row)}${outcome === "done" ? TOLD[desk.sender] : ""}`);
  });
}

const TOLD: Readonly<Record<Sender, string>> = {
  "this command": "",
  "the local runtime": "; its channels are told by the runtime that is running",
  "the deployment": "; its channels are told within a minute or so",
};

function outcomeText(outcome: IncidentOutcome | "unknown-incident", row: IncidentRow): string {
  const { status, acknowledgedBy, resolvedBy, snoozedUntil = 0 } = row.incident;
  const already = outcome === "done" ? "" : " already";
  const name = `incident ${shortHandle(row)} (${printable(row.title)})`;
  switch (status) {
    case "acknowledged":
      return `${name} is${already} acknowledged by ${printable(acknowledgedBy ?? "somebody")}`;
    case "snoozed":
      return `${name} is${already} snoozed until ${timeText(snoozedUntil)} UTC`;
    case "resolved":
      return `${name} is${already} resolved${resolvedBy === undefined ? " by its source" : ` by ${printable(resolvedBy)}`}`;
    case "open":
      throw new BelfryError("RETRY", `${name} is open, and the action did nothing: ${outcome}`, { retryable: true });
  }
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("a whole number above 0");
  return Number(text);
}
