import { type DeadLetter, deadLetters, redrive } from "@belfry/core/alerts/outbox-dead";
import { suggestion } from "@belfry/core/config/wording";
import { systemClock } from "@belfry/core/platform/clock";
import { BelfryError } from "@belfry/core/platform/errors";
import type { Command } from "commander";
import { ExitCode } from "../cli/exit-code.ts";
import { table as textTable } from "../cli/table.ts";
import { plural, printable } from "../cli/terminal.ts";
import { atDesk, type DeskContext, type PlaceOptions, placed } from "../on-call/desk-command.ts";
import type { IncidentDesk } from "../on-call/incident-desk.ts";
import { timeText } from "../on-call/time-text.ts";

interface UndeliveredOptions extends PlaceOptions {
  readonly redrive?: string;
}

/** Adds `undelivered`. */
export function addUndelivered(command: Command, context: DeskContext): void {
  placed(command, "undelivered", "what channels could not be told, or may not have been; their fall-backs have it")
    .option("--redrive <channel>", "send again what this channel could not say, unless it said something later since")
    .action((options: UndeliveredOptions) => undelivered(options, context));
}

async function undelivered(
  { redrive: channel, json, ...place }: UndeliveredOptions,
  context: DeskContext,
): Promise<void> {
  await atDesk(place, context, (desk, signal) =>
    channel === undefined
      ? list(desk, json === true, context, signal)
      : again(channel, desk, json === true, context, signal),
  );
}

async function list(
  { table, channels }: IncidentDesk,
  isJson: boolean,
  { terminal }: DeskContext,
  signal: AbortSignal,
): Promise<void> {
  const perChannel = await Promise.all(Object.keys(channels).map((name) => deadLetters(table, name, signal)));
  const letters = perChannel.flat().sort((a, b) => a.row.notification.at - b.row.notification.at);
  if (letters.length === 0) terminal.exitCode = ExitCode.no;
  if (isJson) for (const letter of letters) terminal.print(JSON.stringify(letterJson(letter)));
  else if (letters.length === 0) terminal.print("everything was delivered");
  else {
    const rows = letters.map(({ row: { channel, notification, reason }, end }) => [
      timeText(notification.at),
      channel,
      notification.incidentKey.slice(0, SHOWN_DIGITS),
      notification.kind,
      printable(notification.title),
      end === "unknown" ? "it may have arrived" : "failed",
      terminal.paint.faint(printable(reason)),
    ]);
    terminal.print(
      textTable(["time (UTC)", "channel", "incident", "what", "title", "outcome", "why"], rows, terminal.paint),
    );
  }
}

const SHOWN_DIGITS = 8;

async function again(
  channel: string,
  desk: IncidentDesk,
  isJson: boolean,
  { terminal }: DeskContext,
  signal: AbortSignal,
): Promise<void> {
  if (!Object.hasOwn(desk.channels, channel)) {
    const names = Object.keys(desk.channels);
    const known = suggestion(channel, names) || `; there are ${names.join(", ")}`;
    throw new BelfryError("NOT_FOUND", `there is no channel ${channel}${known}`);
  }
  const count = await redrive(desk.table, channel, systemClock.now(), signal);
  await desk.tell([channel], signal);
  if (count === 0) terminal.exitCode = ExitCode.no;
  if (isJson) terminal.print(JSON.stringify({ channel, redriven: count }));
  else
    terminal.print(
      count === 0 ? `${channel} has nothing to say again` : `${channel} says ${plural(count, "notification")} again`,
    );
}

function letterJson({ row: { channel, notification, attempts, reason }, end }: DeadLetter): object {
  const { id, incidentKey, kind, title, at } = notification;
  return {
    channel,
    incident: incidentKey,
    notification: id,
    kind,
    title,
    at: new Date(at).toISOString(),
    end,
    attempts,
    reason,
  };
}
