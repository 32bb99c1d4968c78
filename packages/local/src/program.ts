import { Command } from "commander";
import manifest from "../package.json" with { type: "json" };
import type { Terminal } from "./cli/terminal.ts";
import { canaryCommand } from "./commands/canary.ts";
import { configCommand } from "./commands/config.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { explainCommand } from "./commands/explain.ts";
import { incidentsCommand } from "./commands/incidents.ts";
import { ingestCommand } from "./commands/ingest.ts";
import { matchCommand } from "./commands/match.ts";
import { parseCommand } from "./commands/parse.ts";
import { replayCommand } from "./commands/replay.ts";
import { routeCommand } from "./commands/route.ts";
import { scheduleCommand } from "./commands/schedule.ts";
import { searchCommand } from "./commands/search.ts";
import { searchSetupCommand } from "./commands/search-setup.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { startCommand } from "./commands/start.ts";
import { testCommand } from "./commands/test.ts";
import { traceCommand } from "./commands/trace.ts";

const HELP = `
Exit codes, for all of them:
  0   done
  1   it ran, and the answer is no: nothing found, no match, a failed test
  2   it cannot run as asked: options, configuration, pattern, query, input
  3   something is left that the same command may do later
  70  a defect of Belfry

Start here:
  $ belfry start                      Belfry on this machine, with sample traffic; Ctrl-C ends it
  $ belfry search 'log.level:error'   what came in
  $ belfry help explain               why a record went where it went`;

/** The whole command line, on a terminal. */
export function belfryCommand(terminal: Terminal): Command {
  const program = new Command("belfry")
    .description(
      "Takes in logs, makes ECS documents of them, and delivers them: on this machine, with the code that runs in AWS.",
    )
    .version(manifest.version)
    .option("--debug", "print the stack of an error")
    .addHelpText("after", HELP)
    .showHelpAfterError("(--help shows what there is)");
  const commands = [
    startCommand(terminal),
    ingestCommand(terminal),
    parseCommand(terminal),
    explainCommand(terminal),
    matchCommand(terminal),
    searchCommand(terminal),
    searchSetupCommand(terminal),
    replayCommand(terminal),
    testCommand(terminal),
    configCommand(terminal),
    doctorCommand(terminal),
    scheduleCommand(terminal),
    routeCommand(terminal),
    simulateCommand(terminal),
    incidentsCommand(terminal),
    canaryCommand(terminal),
    traceCommand(terminal.print),
  ];
  for (const command of commands) program.addCommand(command);
  throwAlways(program);
  return program;
}

/** Commander ends the process by itself unless each command is told to throw. */
function throwAlways(command: Command): void {
  command.exitOverride();
  for (const subcommand of command.commands) throwAlways(subcommand.copyInheritedSettings(command));
}
