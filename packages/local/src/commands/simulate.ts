import { createSilence, type Silence } from "@belfry/core/alerts/silence";
import { simulate } from "@belfry/core/alerts/simulate";
import { parseDuration } from "@belfry/core/config/oncall/duration";
import { parseMatchers } from "@belfry/core/config/oncall/label-matcher";
import { HealthBook } from "@belfry/core/health/health-book";
import { BelfryError } from "@belfry/core/platform/errors";
import { Command, InvalidArgumentError } from "commander";
import type { Terminal } from "../cli/terminal.ts";
import { readEvents } from "../on-call/read-events.ts";
import { simulationJson, simulationSummary, simulationText } from "../on-call/simulation-text.ts";
import { findConfig } from "../runtime/load-config.ts";

const HELP = `
Events are those of EventBridge, messages of SNS, and Lambda actions of alarms; a file has one, several in an array, or one a line, and - is standard input. Each comes at its
own time, on a virtual clock, to the rules of the configuration's oncall. Nothing is sent.

Exit codes:
  0  it ran
  2  the events, the options or the configuration are not valid

Examples:
  $ belfry simulate alarm.json                         who would be told, when, and why
  $ belfry simulate night/*.json --ack-after 7m        whoever is paged takes it seven minutes after the first page
  $ belfry simulate night.ndjson --silence 'env="dev"' --until 2026-11-23T08:00:00Z
  $ cat night.ndjson | belfry simulate - --json | jq '.entries[] | select(.isPage)'`;

interface SimulateOptions {
  readonly config?: string;
  readonly until?: number;
  readonly ackAfter?: number;
  readonly silence?: readonly string[];
  readonly json?: boolean;
}

/** `belfry simulate`. The clock is a parameter for tests: events without a time come then. */
export function simulateCommand(terminal: Terminal, now: () => number = () => Date.now()): Command {
  return new Command("simulate")
    .description("say who would be told of events, when and why, and what becomes of each")
    .argument("<events...>", "files, - for standard input")
    .option("--until <time>", "ends then, in ISO 8601; two days after the last event when absent", timeOf)
    .option(
      "--ack-after <duration>",
      "so long after its first page, an incident is taken; never when absent",
      durationOf,
    )
    .option("--silence <matchers...>", 'alerts with these labels are silenced all the time: severity="info"')
    .option("--config <file>", "the configuration; belfry.config.ts in this folder when absent")
    .option("--json", "one JSON object: entries, events, skipped, until")
    .addHelpText("after", HELP)
    .action((files: string[], options: SimulateOptions) => run(files, options, now(), terminal));
}

async function run(
  files: readonly string[],
  { config: named, until, ackAfter, silence = [], json }: SimulateOptions,
  nowMs: number,
  terminal: Terminal,
): Promise<void> {
  const { config } = await findConfig(named);
  const events = await readEvents(files);
  if (events.length === 0) throw new BelfryError("BAD_EVENT", `there are no events in ${files.join(", ")}`);
  const result = simulate(events, {
    config: config.oncall,
    health: new HealthBook(),
    nowMs,
    silences: silence.map(silenceOf),
    untilMs: until,
    ackAfterMs: ackAfter,
  });
  if (json === true) {
    terminal.print(simulationJson(result));
    return;
  }
  terminal.print(simulationText(result, terminal.paint));
  terminal.note(simulationSummary(result));
}

function silenceOf(text: string): Silence {
  const silence = {
    id: text,
    matchers: parseMatchers(text),
    startsAt: 0,
    endsAt: Number.POSITIVE_INFINITY,
    createdBy: "",
    comment: "",
  };
  return createSilence(silence, 0);
}

function timeOf(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(time)) return time;
  throw new InvalidArgumentError("write it as 2026-11-23T08:00:00Z");
}

function durationOf(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof BelfryError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
