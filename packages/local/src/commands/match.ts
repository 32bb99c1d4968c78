import { compilePattern, type EventPattern } from "@belfry/core/patterns/event-pattern";
import { compileFilterPattern } from "@belfry/core/patterns/filter-pattern";
import { InvalidPatternError } from "@belfry/core/patterns/invalid-pattern-error";
import { BelfryError, messageOf } from "@belfry/core/platform/errors";
import { Command } from "commander";
import { ExitCode } from "../cli/exit-code.ts";
import { argumentText, linesOf } from "../cli/input.ts";
import type { Terminal } from "../cli/terminal.ts";
import { jsonMembers } from "../json-members.ts";

const HELP = `
Patterns are Amazon EventBridge event patterns and match as they do in AWS. With --filter it is a filter pattern of CloudWatch Logs, and a log line.

Exit codes:
  0  it matches (with --lines: every line was answered)
  1  it does not match
  2  the pattern or the event is not valid, or the options are not

Examples:
  $ belfry match --pattern '{"source":["aws.ec2"]}' --event '{"source":"aws.ec2"}'
  $ belfry match --pattern @rule.json --event @event.json
  $ aws events describe-rule --name stop --query EventPattern --output text | belfry match --pattern - --event @event.json
  $ belfry match --filter '{ $.level = "error" && $.ms > 500 }' --line '{"level":"error","ms":812}'
  $ belfry match --lines cases.ndjson       lines of {"pattern": …, "event": …}, each JSON or JSON in a string;
                                            each answered as {"match":true|false} or {"invalid":"reason"}`;

interface MatchOptions {
  readonly pattern?: string;
  readonly event?: string;
  readonly lines?: string;
  readonly filter?: string;
  readonly line?: string;
  readonly json?: boolean;
}

/** `belfry match`. */
export function matchCommand(terminal: Terminal): Command {
  return new Command("match")
    .description("evaluate an event pattern against an event")
    .option("--pattern <json>", "the event pattern; @FILE or - to read it from there")
    .option("--event <json>", "the event; @FILE or - to read it from there")
    .option(
      "--filter <pattern>",
      "a filter pattern of CloudWatch Logs, in place of --pattern; @FILE or - to read it from there",
    )
    .option("--line <text>", "the log line for --filter; @FILE or - to read it from there")
    .option("--lines <file>", "answer JSON lines of pattern and event, - for standard input")
    .option("--json", 'answer {"match":true|false}, for machines')
    .addHelpText("after", HELP)
    .action(async (options: MatchOptions) => {
      if (options.lines !== undefined) await matchLines(options, terminal);
      else if (options.filter !== undefined || options.line !== undefined) await matchFilter(options, terminal);
      else await matchOne(options, terminal);
    });
}

async function matchOne({ pattern, event, json }: MatchOptions, terminal: Terminal): Promise<void> {
  if (pattern === undefined || event === undefined) {
    throw new BelfryError("BAD_ARGUMENT", "give --pattern and --event, or --lines; see belfry match --help");
  }
  const compiled = compilePattern(await argumentText(pattern));
  tell(matchEvent(compiled, await argumentText(event)), json, terminal);
}

async function matchFilter({ filter, line, json }: MatchOptions, terminal: Terminal): Promise<void> {
  if (filter === undefined || line === undefined) {
    throw new BelfryError("BAD_ARGUMENT", "give --filter and --line; see belfry match --help");
  }
  const compiled = compileFilterPattern((await argumentText(filter)).trim());
  tell(compiled.matches((await argumentText(line)).replace(/\r?\n$/, "")), json, terminal);
}

function tell(match: boolean, json: boolean | undefined, terminal: Terminal): void {
  if (json === true) terminal.print(JSON.stringify({ match }));
  else terminal.print(match ? terminal.paint.good("match") : terminal.paint.bad("no match"));
  if (!match) terminal.exitCode = ExitCode.no;
}

async function matchLines(options: MatchOptions, terminal: Terminal): Promise<void> {
  if (options.pattern !== undefined || options.event !== undefined) {
    throw new BelfryError("BAD_ARGUMENT", "--lines brings patterns and events itself: leave out --pattern and --event");
  }
  for await (const line of linesOf(options.lines ?? "")) {
    if (line.trim() !== "") terminal.print(JSON.stringify(answer(line)));
  }
}

/** The answer for one line; whatever is wrong with it is an answer, too. */
function answer(line: string): { match: boolean } | { invalid: string } {
  try {
    const members = jsonMembers(line);
    const pattern = members?.get("pattern");
    const event = members?.get("event");
    if (pattern === undefined || event === undefined)
      return { invalid: 'the line is no object with "pattern" and "event"' };
    return { match: matchEvent(compilePattern(unwrapped(pattern)), unwrapped(event)) };
  } catch (error) {
    if (error instanceof InvalidPatternError) return { invalid: error.reason };
    if (error instanceof BelfryError) return { invalid: error.message };
    if (error instanceof SyntaxError) return { invalid: `the line is not JSON: ${error.message}` };
    throw error;
  }
}

/** JSON text, which may itself stand in a JSON string. */
function unwrapped(text: string): string {
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}

function matchEvent(pattern: EventPattern, event: string): boolean {
  try {
    JSON.parse(event);
  } catch (cause) {
    throw new BelfryError("BAD_EVENT", `the event is not JSON: ${messageOf(cause)}`, { cause });
  }
  return pattern.matchesText(event);
}
