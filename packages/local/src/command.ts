import { BelfryError, messageOf } from "@belfry/core/platform/errors";
import { ExitCode, exitCodeOf } from "./cli/exit-code.ts";
import { processTerminal, type Terminal } from "./cli/terminal.ts";
import { belfryCommand } from "./program.ts";

async function main(): Promise<void> {
  // A reader that has seen enough, such as head, is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(ExitCode.done);
  });
  const terminal = processTerminal();
  const program = belfryCommand(terminal);
  try {
    await program.parseAsync();
    process.exitCode = terminal.exitCode;
  } catch (thrown) {
    process.exitCode = exitCodeOf(thrown);
    report(thrown, terminal, program.opts().debug === true);
  }
}

function report(thrown: unknown, terminal: Terminal, isDebug: boolean): void {
  const isExpected = process.exitCode !== ExitCode.defect;
  // Commander has printed its own.
  if (thrown instanceof Error && thrown.name === "CommanderError") return;
  terminal.progress("");
  terminal.note(`${terminal.paint.bad("belfry:")} ${messageOf(thrown)}`);
  if (isDebug || !isExpected) terminal.note((thrown as Error).stack ?? "");
  if (isDebug && thrown instanceof BelfryError && thrown.cause !== undefined)
    terminal.note(`caused by: ${String(thrown.cause)}`);
}

await main();
