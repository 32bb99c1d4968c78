import { nextRuns, parseSchedule } from "@belfry/core/config/schedules/schedule-expression";
import { timeZone, type WallClockMs } from "@belfry/core/config/schedules/time-zone";
import { Command, InvalidArgumentError } from "commander";
import { ExitCode } from "../cli/exit-code.ts";
import type { Terminal } from "../cli/terminal.ts";

const MAX_COUNT = 1000;

const HELP = `
Expressions are those of Amazon EventBridge Scheduler: rate(…), cron(…), at(…).

Exit codes:
  0  there are runs
  1  it never runs again
  2  the expression or the time zone is not valid

Examples:
  $ belfry schedule next 'cron(30 2 * * ? *)' --zone America/Los_Angeles
  $ belfry schedule next 'cron(0 8 ? * 2#1 *)' --count 3      the first Monday of each month
  $ belfry schedule next 'rate(15 minutes)' --json`;

interface NextOptions {
  readonly zone: string;
  readonly count: number;
  readonly json?: boolean;
}

/** `belfry schedule`. The clock is a parameter for tests. */
export function scheduleCommand(terminal: Terminal, now: () => Date = () => new Date()): Command {
  const command = new Command("schedule").description("say when a schedule runs").addHelpText("afterAll", HELP);
  command
    .command("next <expression>")
    .description("the next runs of a schedule expression: in its time zone, and in UTC")
    .option("--zone <name>", "the time zone in which it is read, by its IANA name", "UTC")
    .option("--count <n>", "how many runs", countOf, 5)
    .option("--json", "one JSON object a run")
    .action((expression: string, options: NextOptions) => printNext(expression, options, now(), terminal));
  return command;
}

function printNext(expression: string, { zone, count, json }: NextOptions, now: Date, terminal: Terminal): void {
  const runs = nextRuns(parseSchedule(expression), zone, now, count);
  const { wallClockAt } = timeZone(zone);
  for (const run of runs) {
    const utc = run.toISOString();
    const wallClock = wallClockAt(run.getTime());
    const local = localTime(wallClock, wallClock - run.getTime());
    const weekday = new Date(wallClock).toUTCString().slice(0, 3);
    terminal.print(json === true ? JSON.stringify({ utc, zone, local }) : `${utc}  ${weekday} ${local}`);
  }
  if (runs.length > 0) return;
  terminal.note("it never runs again");
  terminal.exitCode = ExitCode.no;
}

/** ISO 8601 with the offset from UTC: `2026-03-09T02:30:00-07:00`. */
function localTime(wallClock: WallClockMs, offsetMs: number): string {
  const offset = new Date(Math.abs(offsetMs)).toISOString().slice(11, 16);
  return `${new Date(wallClock).toISOString().slice(0, 19)}${offsetMs < 0 ? "-" : "+"}${offset}`;
}

function countOf(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= MAX_COUNT) return number;
  throw new InvalidArgumentError(`a whole number from 1 to ${MAX_COUNT}`);
}
