// One variant in a process of its own: reads a command a line on standard input, answers each with a line of JSON on standard output.
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { KinesisStreamEvent } from "aws-lambda";
import { VARIANTS, type VariantName } from "./variants/all.ts";
import type { Outputs } from "./variants/variant.ts";

/** What the parent asks for. `file` holds a workload's event, or takes its outputs. */
export type Command =
  | { readonly command: "load"; readonly set: string; readonly file: string }
  | { readonly command: "run"; readonly set: string; readonly times: number }
  | { readonly command: "outputs"; readonly set: string; readonly bulkFile: string; readonly archiveFile: string };

/** What came of it: CPU and wall time of `run`, the accounting of `outputs`. */
export interface Answer {
  /** User and system time of all threads, in microseconds. */
  readonly cpuUs?: number;
  /** The largest resident set of the process so far, in bytes. */
  readonly maxRssBytes?: number;
  readonly received?: number;
  readonly dropped?: Outputs["dropped"];
  readonly error?: string;
}

const write = process.stdout.write.bind(process.stdout);
const variant = await VARIANTS[process.argv[2] as VariantName]();
const events = new Map<string, KinesisStreamEvent>();

async function answer(command: Command): Promise<Answer> {
  if (command.command === "load") {
    events.set(command.set, JSON.parse(readFileSync(command.file, "utf8")));
    return {};
  }
  const event = events.get(command.set);
  if (event === undefined) throw new Error(`the set ${command.set} is not loaded`);
  if (command.command === "outputs") return writeOutputs(event, command.bulkFile, command.archiveFile);
  const before = process.cpuUsage();
  for (let i = 0; i < command.times; i++) await variant.run(event);
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: user + system, maxRssBytes: process.resourceUsage().maxRSS * 1024 };
}

async function writeOutputs(event: KinesisStreamEvent, bulkFile: string, archiveFile: string): Promise<Answer> {
  if (variant.outputs === undefined) throw new Error(`${process.argv[2]} has no outputs`);
  const { bulk, archive, received, dropped } = await variant.outputs(event);
  writeFileSync(bulkFile, Buffer.concat(bulk));
  writeFileSync(archiveFile, Buffer.concat(archive));
  return { received, dropped };
}

for await (const line of createInterface({ input: process.stdin })) {
  const answered = await answer(JSON.parse(line)).catch(
    (error: Error): Answer => ({ error: error.stack ?? error.message }),
  );
  write(`${JSON.stringify(answered)}\n`);
}
